export type Phase = 'signing up' | 'logging in' | 'booking';

/** Called on every step, as often as anything moves. */
export type OnProgress = (phase: Phase, done: number, total: number) => void;

/** Without a terminal, one line this often at most, in milliseconds; on a terminal, one redraw. */
const linePauseMs = 5_000;
const redrawPauseMs = 80;
/** Before this much of a phase has passed nothing is said about the time that is left, in milliseconds. */
const etaAfterMs = 1_000;
const barWidth = 24;

/** Shows how far a rush has come: a line that redraws itself on a terminal, now and then a line elsewhere. */
export function createProgress(stream: NodeJS.WriteStream) {
  const pauseMs = stream.isTTY ? redrawPauseMs : linePauseMs;
  let phase: Phase | undefined;
  let phaseSince = 0;
  let shownAt = 0;

  const endLine = () => {
    if (phase && stream.isTTY) stream.write('\n');
  };
  return {
    moved(now: Phase, done: number, total: number): void {
      const time = performance.now();
      if (now !== phase) {
        endLine();
        phase = now;
        phaseSince = time;
        shownAt = stream.isTTY ? 0 : time;
      }
      if (done < total && time - shownAt < pauseMs) return;
      shownAt = time;
      const text = progressLine(now, done, total, time - phaseSince);
      stream.write(stream.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
    },
    /** Leaves the cursor on a line of its own, also when the rush broke off. */
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
