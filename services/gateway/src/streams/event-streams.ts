import { randomInt } from 'node:crypto';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Config } from '@boxoffice/shared/service/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import { EventStream } from './event-stream.ts';

/** A client whose stream has ended comes again after about this long, in milliseconds: not all at once. */
const retryMs = { least: 1_000, most: 3_000 };
/** When to try again for who has as many streams as they may, in seconds. */
const retryAfterSeconds = 5;

/** Whose streams are counted together, and how many there may be. */
export interface StreamOwner {
  kind: 'job' | 'seats';
  /** A user's id, or an address. */
  key: string;
  limit: number;
}

/** The streams that are open in this process: how many there may be, and their end when it stops. */
export class EventStreams {
  readonly #limit: number;
  readonly #open = new Set<EventStream>();
  readonly #owners = new Map<string, number>();
  readonly #gauge: Gauge<'kind'>;
  readonly #events: Counter<'kind'>;
  #closed = false;

  constructor(config: Pick<Config, 'EVENT_STREAM_LIMIT'>, metrics: Registry) {
    this.#limit = config.EVENT_STREAM_LIMIT;
    const labelNames = ['kind'] as const;
    const registers = [metrics];
    this.#gauge = new Gauge({ name: 'event_streams_open', help: 'Open event streams', labelNames, registers });
    this.#events = new Counter({
      name: 'event_stream_events_total',
      help: 'Events sent, to each client once',
      labelNames,
      registers,
    });
  }

  /**
   * Answers a request with a stream.
   *
   * @throws {ProblemError} too_many_requests
   */
  open(request: FastifyRequest, reply: FastifyReply, owner: StreamOwner): EventStream {
    const owned = this.#enter(owner);
    reply.headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // A stream takes its connection along when it ends, so that nothing holds up a stop.
      connection: 'close',
      // nginx would gather events before it passes them on.
      'x-accel-buffering': 'no',
    });
    reply.hijack();
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    const stream = new EventStream(reply.raw, randomInt(retryMs.least, retryMs.most));
    this.#open.add(stream);
    void stream.closed.then(() => {
      this.#open.delete(stream);
      owned.leave();
      this.#events.inc({ kind: owner.kind }, stream.sent);
      request.log.info(
        {
          method: request.method,
          route: request.routeOptions.url,
          status: 200,
          ms: Math.round(reply.elapsedTime),
          events: stream.sent,
        },
        'request',
      );
    });
    if (this.#closed) stream.end();
    return stream;
  }

  /** Ends every stream; its client comes again, to another gateway. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#open) stream.end();
  }

  #enter({ kind, key, limit }: StreamOwner): { leave(): void } {
    const name = `${kind} ${key}`;
    const owned = this.#owners.get(name) ?? 0;
    if (owned >= limit || this.#open.size >= this.#limit) {
      const detail =
        owned >= limit
          ? `You have ${limit} event streams open, which is as many as there may be: close one.`
          : 'So many event streams are open that there are no more for now.';
      throw new ProblemError('too_many_requests', detail, { retryAfterSeconds });
    }
    this.#owners.set(name, owned + 1);
    this.#gauge.inc({ kind });
    return {
      leave: () => {
        const left = (this.#owners.get(name) ?? 1) - 1;
        if (left > 0) this.#owners.set(name, left);
        else this.#owners.delete(name);
        this.#gauge.dec({ kind });
      },
    };
  }
}
