/** A partition's queue in memory, as far as its consumer needs it, and BullMQ's workers on it. */
import { EventEmitter } from 'node:events';
import type { BookingRequest, Envelope, EnvelopeSummary } from '@boxoffice/shared/contracts/jobs';
import { WaitingError } from 'bullmq';

interface ModelJob {
  id: string;
  data: Envelope;
  addedAt: number;
}
type Process = (job: ModelJob) => Promise<EnvelopeSummary>;

/** The one queue of a test file. */
export const modelQueue = {
  /** Oldest first. */
  waiting: [] as ModelJob[],
  /** Newest first. */
  active: [] as ModelJob[],
  /** What became of the envelopes, such as `completed` or an error's message. */
  finished: new Map<string, EnvelopeSummary | string>(),
  workers: [] as ModelWorker[],
  /** The partitions of the queues that were opened, and how many of them are open. */
  partitions: [] as number[],
  open: 0,
  decided: 0,
  settled: 0,
  /** Whether Redis does not respond; whether only counting fails. */
  isAway: false,
  cannotCount: false,
  /** Whether the connection of a worker becomes ready, and whether it fetches anything. */
  connects: true,
  fetches: true,
  /** Called when the consumer takes envelopes back. */
  onTakeBack: async (): Promise<void> => undefined,
  /** Called when the consumer asks for the active envelopes. */
  onActiveIds: async (): Promise<void> => undefined,

  reset(): void {
    Object.assign(this, { waiting: [], active: [], finished: new Map(), workers: [], partitions: [], open: 0 });
    Object.assign(this, { decided: 0, settled: 0, isAway: false, cannotCount: false, connects: true, fetches: true });
    this.onTakeBack = async () => undefined;
    this.onActiveIds = async () => undefined;
  },

  add(id: string, requests: BookingRequest[], version?: number): void {
    const data = { requests, reply_to: `reply to ${id}`, ...(version && { version }) };
    this.waiting.push({ id, data, addedAt: Date.now() });
    this.fetch();
  },

  /** Hands the next envelope out to nobody, as to a worker that is gone. */
  lose(): void {
    this.active.unshift(...this.waiting.splice(0, 1));
  },

  fetch(): void {
    for (const worker of this.workers) void worker.fetch();
  },
};

/** As BullMQ's: one envelope at a time, which stays in the active list unless it finishes. */
class ModelWorker extends EventEmitter {
  readonly #process: Process;
  #current: Promise<void> | null = null;
  #closed: 'no' | 'yes' | 'by force' = 'no';

  constructor(process: Process) {
    super();
    this.#process = process;
    modelQueue.workers.push(this);
    queueMicrotask(() => {
      if (modelQueue.connects) this.emit('ready');
      void this.fetch();
    });
  }

  async fetch(): Promise<void> {
    if (this.#current || this.#closed !== 'no' || !modelQueue.fetches) return;
    const job = modelQueue.waiting.shift();
    if (!job) return;
    modelQueue.active.unshift(job);
    this.#current = this.#run(job);
    await this.#current;
    this.#current = null;
    void this.fetch();
  }

  async close(force = false): Promise<void> {
    this.#closed = force ? 'by force' : 'yes';
    if (modelQueue.isAway) throw new Error('away');
    if (!force) await this.#current;
  }

  async #run(job: ModelJob): Promise<void> {
    let result: EnvelopeSummary | Error;
    try {
      result = await this.#process(job);
    } catch (error) {
      if (error instanceof WaitingError) return;
      result = error as Error;
    }
    if (this.#closed === 'by force') return;
    modelQueue.active = modelQueue.active.filter((one) => one !== job);
    modelQueue.finished.set(job.id, result instanceof Error ? `${result.name}: ${result.message}` : result);
    this.emit(result instanceof Error ? 'failed' : 'completed', job);
    if (modelQueue.waiting.length === 0) this.emit('drained');
  }
}

/** Takes the place of that of `@boxoffice/shared/queue-layout`. */
export class EnvelopeQueue {
  constructor(partition: number) {
    modelQueue.partitions.push(partition);
    modelQueue.open++;
  }

  async takeBackActive(): Promise<string[]> {
    respond();
    await modelQueue.onTakeBack();
    const taken = modelQueue.active.splice(0);
    modelQueue.waiting.unshift(...taken.toReversed());
    return taken.map(({ id }) => id);
  }

  openWorker(process: Process): ModelWorker {
    return new ModelWorker(process);
  }

  async activeIds(): Promise<string[]> {
    respond();
    await modelQueue.onActiveIds();
    return modelQueue.active.map(({ id }) => id);
  }

  async headId(): Promise<string | null> {
    respond();
    return modelQueue.waiting[0]?.id ?? null;
  }

  async oldestWaitingSince(): Promise<number | null> {
    return modelQueue.waiting[0]?.addedAt ?? null;
  }

  async find(id: string): Promise<{ finished: boolean } | null> {
    const known = [...modelQueue.waiting, ...modelQueue.active].some((job) => job.id === id);
    if (modelQueue.finished.has(id)) return { finished: true };
    return known ? { finished: false } : null;
  }

  async countDecided(requests: number): Promise<void> {
    if (modelQueue.cannotCount) throw new Error('cannot count');
    modelQueue.decided += requests;
  }

  async settleCounts(): Promise<void> {
    if (modelQueue.cannotCount) throw new Error('cannot count');
    modelQueue.settled++;
  }

  async close(): Promise<void> {
    modelQueue.open--;
    if (modelQueue.isAway) throw new Error('away');
  }
}

function respond(): void {
  if (modelQueue.isAway) throw new Error('away');
}
