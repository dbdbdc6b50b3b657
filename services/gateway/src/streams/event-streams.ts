import { randomInt } from 'node:crypto';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Config } from '@boxoffice/shared/service/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Counter, Gauge, type Registry } from 'prom-client';
import { EventStream } from './event-stream.ts';

/** Clients reconnect after a random time in this range, in milliseconds, so that they do not all return at the same moment. */
const retryMs = { min: 1_000, max: 3_000 };
/** `Retry-After` for a client that has reached its limit, in seconds. */
const retryAfterSeconds = 5;

/** Streams with the same kind and key are counted together. */
export interface StreamOwner {
  kind: 'job' | 'seats';
  /** A user's id, or an address. */
  key: string;
  /** Streams that may be open at a time. */
  limit: number;
}

/** The open event streams of this process: limits how many there are, and ends them when it stops. */
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
      help: 'Events sent, counted per client',
      labelNames,
      registers,
    });
  }

  /**
   * Responds to a request with a stream.
   *
   * @throws {ProblemError} too_many_requests
   */
  open(request: FastifyRequest, reply: FastifyReply, owner: StreamOwner): EventStream {
    const release = this.#claim(owner);
    reply.headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // The connection closes with its stream, so that none delays a shutdown.
      connection: 'close',
      // Otherwise nginx buffers events.
      'x-accel-buffering': 'no',
    });
    reply.hijack();
    reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
    const stream = new EventStream(reply.raw, randomInt(retryMs.min, retryMs.max));
    this.#open.add(stream);
    void stream.closed.then(() => {
      this.#open.delete(stream);
      release();
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

  /** Ends every stream; the clients reconnect, to another gateway. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#open) stream.end();
  }

  /** Counts a stream; the result uncounts it. */
  #claim({ kind, key, limit }: StreamOwner): () => void {
    const name = `${kind} ${key}`;
    const owned = this.#owners.get(name) ?? 0;
    if (owned >= limit || this.#open.size >= this.#limit) {
      const detail =
        owned >= limit
          ? `You already have ${limit} event streams open, which is the limit. Close one first.`
          : 'This server has reached its limit of open event streams. Try again in a moment.';
      throw new ProblemError('too_many_requests', detail, { retryAfterSeconds });
    }
    this.#owners.set(name, owned + 1);
    this.#gauge.inc({ kind });
    return () => {
      const left = (this.#owners.get(name) ?? 1) - 1;
      if (left > 0) this.#owners.set(name, left);
      else this.#owners.delete(name);
      this.#gauge.dec({ kind });
    };
  }
}
