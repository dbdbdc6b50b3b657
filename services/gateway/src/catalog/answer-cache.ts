import { seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import { hear } from '@boxoffice/shared/service/pub-sub';
import type { Redis } from 'ioredis';

/** How long an answer is kept at most, in milliseconds: how old one can be after a message was lost. */
const freshForMs = 5_000;
/** Answers, and bytes of them, that are kept at most; beyond that all are dropped. */
const answerLimit = 10_000;
const byteLimit = 64 * 1024 * 1024;
/** Redis channel on which gateways tell each other that an administrator has changed movies or shows. */
const catalogChangedChannel = 'boxoffice:catalog-changed';

/** What an answer is about, and so what makes it old: one show (its id), any show, or movies and nothing else. */
export type Subject = number | 'shows' | 'movies';

export interface Answer {
  headers: Record<string, string>;
  body: Buffer;
}

/** An answer, or the promise of one while it is being made; null when it came to nothing that can be kept. */
interface Entry {
  answer: Promise<Answer | null>;
  /** On the clock of `performance.now()`. */
  staleAtMs: number;
}

/**
 * Answers made out of what the catalog says, kept until something changes: workers announce the shows
 * whose seats have changed before they announce the outcomes, gateways what administrators change.
 * Messages can only be relied on while the connection stands, so that nothing is kept without it.
 */
export class AnswerCache {
  /** By subject, then by URL. To forget is to drop a subject's map: an answer under way then lands in one that nobody reads. */
  readonly #kept = new Map<Subject, Map<string, Entry>>();
  #answers = 0;
  #bytes = 0;
  #inTouch = false;
  readonly #redis: Redis;

  /** @param parts.subscriber a connection for subscriptions */
  constructor(parts: { redis: Redis; subscriber: Redis; logger: Logger }) {
    this.#redis = parts.redis;
    hear(parts, [seatsChangedChannel, catalogChangedChannel], {
      onMessage: (message, channel) => {
        if (channel === catalogChangedChannel) this.#forgetAll();
        else for (const show of JSON.parse(message) as number[]) this.forgetShow(show);
      },
      onHearing: () => {
        this.#forgetAll();
        this.#inTouch = true;
      },
    });
    parts.subscriber.on('close', () => {
      this.#inTouch = false;
      this.#forgetAll();
    });
  }

  /** The answer to a URL, perhaps still being made; null when there is none that may be given. */
  find(subject: Subject, url: string): Promise<Answer | null> | null {
    const entry = this.#kept.get(subject)?.get(url);
    return entry && performance.now() < entry.staleAtMs ? entry.answer : null;
  }

  /**
   * Announces the answer to a URL: whoever asks from now on waits for it.
   *
   * @returns takes the answer, or null when there is none to keep; null itself while nothing is kept
   */
  promise(subject: Subject, url: string): ((answer: Answer | null) => void) | null {
    if (!this.#inTouch) return null;
    if (this.#answers >= answerLimit || this.#bytes >= byteLimit) this.#forgetAll();
    const answers = this.#kept.get(subject) ?? new Map<string, Entry>();
    this.#kept.set(subject, answers);
    const { promise, resolve } = Promise.withResolvers<Answer | null>();
    const entry: Entry = { answer: promise, staleAtMs: performance.now() + freshForMs };
    answers.set(url, entry);
    this.#answers++;
    return (answer) => {
      resolve(answer);
      if (answer) this.#bytes += answer.body.byteLength;
      else if (answers.get(url) === entry) answers.delete(url);
    };
  }

  /** Seats of this show have changed. */
  forgetShow(id: number): void {
    this.#kept.delete(id);
    this.#kept.delete('shows');
  }

  /** An administrator has changed movies or shows through this gateway: the others are told. */
  catalogChanged(): void {
    this.#forgetAll();
    this.#redis.publish(catalogChangedChannel, '').catch(() => undefined);
  }

  #forgetAll(): void {
    this.#kept.clear();
    this.#answers = 0;
    this.#bytes = 0;
  }
}
