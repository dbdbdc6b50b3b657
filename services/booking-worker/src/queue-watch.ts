import type { EnvelopeQueue } from '@boxoffice/shared/queue-layout';

/** How often the queue is inspected, in milliseconds. */
const inspectEveryMs = 1_000;
/** An envelope that is found in the active list this many times in a row without being received is a stray. */
const strayAfter = 2;
/** An envelope that is found at the head this many times in a row, while none is being decided, will not be fetched. */
const unfetchedAfter = 6;

interface Consumer {
  /** The envelope being decided. */
  currentId(): string | undefined;
  /** Called for an envelope that Redis has handed out but nobody has received. */
  onStray(envelopeId: string): void;
  /** Called for an envelope that has waited at the head for 5 s although none is being decided. */
  onUnfetched(envelopeId: string): void;
}

/**
 * Compares a partition's queue with what its consumer knows, and reports what the consumer cannot notice itself.
 * It counts inspections rather than time, so that neither a freeze of the process nor another machine's clock matters.
 */
export class QueueWatch {
  readonly #queue: Pick<EnvelopeQueue, 'activeIds' | 'headId'>;
  readonly #consumer: Consumer;
  readonly #timer: NodeJS.Timeout;
  #inspecting = false;
  readonly #stray = new Repetition();
  readonly #unfetched = new Repetition();

  constructor(queue: Pick<EnvelopeQueue, 'activeIds' | 'headId'>, consumer: Consumer) {
    this.#queue = queue;
    this.#consumer = consumer;
    this.#timer = setInterval(() => void this.#inspect(), inspectEveryMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #inspect(): Promise<void> {
    if (this.#inspecting) return; // Redis is slow or unavailable
    this.#inspecting = true;
    try {
      const [active, head] = await Promise.all([this.#queue.activeIds(), this.#queue.headId()]);
      const currentId = this.#consumer.currentId();
      const stray = active.find((envelopeId) => envelopeId !== currentId);
      if (this.#stray.reached(strayAfter, stray)) this.#consumer.onStray(stray ?? '');
      const unfetched = currentId === undefined ? (head ?? undefined) : undefined;
      if (this.#unfetched.reached(unfetchedAfter, unfetched)) this.#consumer.onUnfetched(unfetched ?? '');
    } catch {
      // The connection says why.
    }
    this.#inspecting = false;
  }
}

/** Counts how many times in a row the same envelope was found. */
class Repetition {
  #envelopeId: string | undefined;
  #times = 0;

  /** Whether it has now been found this many times. If so, counting starts over. */
  reached(times: number, envelopeId: string | undefined): boolean {
    if (envelopeId !== this.#envelopeId) this.#times = 0;
    this.#envelopeId = envelopeId;
    if (envelopeId === undefined || ++this.#times < times) return false;
    this.#times = 0;
    return true;
  }
}
