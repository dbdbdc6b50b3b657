import { now } from '../clients/now.ts';
import type { FaultLog } from '../faults/fault-log.ts';

const everyMs = 10_000;

/** One line every ten seconds. */
export class Progress {
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    say: (line: string) => void;
    log: FaultLog;
    requests: () => number;
    violations: () => number;
  }) {
    const { say, log, requests, violations } = options;
    const startedAt = now();
    let before = 0;
    this.#timer = setInterval(() => {
      const seconds = Math.round((now() - startedAt) / 1_000);
      const count = requests();
      const perSecond = Math.round(((count - before) * 1_000) / everyMs);
      before = count;
      const active = log.active.map(({ kind, target }) =>
        target === kind.split('-')[0] ? kind : `${kind} (${target})`,
      );
      say(
        [
          `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, '0')}`,
          `${log.entries.length} faults`,
          `${count} requests (${perSecond}/s)`,
          `longest without service ${(log.worstGapMs / 1_000).toFixed(1)} s`,
          `${violations()} violations`,
          active.length > 0 ? `now: ${active.join(', ')}` : 'calm',
        ].join(' · '),
      );
    }, everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
