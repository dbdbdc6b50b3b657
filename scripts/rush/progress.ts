export type Phase = 'signing up' | 'logging in' | 'booking' | 'waiting for holds to end';

/** Called after every step. */
export type OnProgress = (phase: Phase, done: number, total: number) => void;

/** The least time between two lines where there is no terminal, in milliseconds. */
const lineIntervalMs = 5_000;
/** The least time between two redraws on a terminal, in milliseconds. */
const redrawIntervalMs = 80;
/** How long a phase runs before the remaining time is estimated, in milliseconds. */
const etaAfterMs = 1_000;
const barWidth = 24;

/** Shows the progress of a rush: one line that is redrawn on a terminal, a line every few seconds elsewhere. */
export function createProgress(stream: NodeJS.WriteStream) {
  const intervalMs = stream.isTTY ? redrawIntervalMs : lineIntervalMs;
  let phase: Phase | undefined;
  let phaseSince = 0;
  let shownAt = 0;

  const endLine = () => {
    if (phase && stream.isTTY) stream.write('\n');
  };
  return {
    update(now: Phase, done: number, total: number): void {
      const time = performance.now();
      if (now !== phase) {
        endLine();
        phase = now;
        phaseSince = time;
        shownAt = stream.isTTY ? 0 : time;
      }
      if (done < total && time - shownAt < intervalMs) return;
      shownAt = time;
      const text = progressLine(now, done, total, time - phaseSince);
      stream.write(stream.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
    },
    /** Ends the line, also when the rush failed. */
    end(): void {
      endLine();
      phase = undefined;
    },
  };
}

function progressLine(phase: Phase, done: number, total: number, elapsedMs: number): string {
  const full = Math.round((done / total) * barWidth);
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
  const leftMs = (elapsedMs / done) * (total - done);
  const time =
    done === total
      ? `${(elapsedMs / 1_000).toFixed(1)} s`
      : elapsedMs > etaAfterMs
        ? `${Math.ceil(leftMs / 1_000)} s left`
        : '';
  return `${phase.padEnd(10)} ${bar} ${String(done).padStart(String(total).length)}/${total}  ${time}`.trimEnd();
}
