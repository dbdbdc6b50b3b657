export interface Task {
  name: string;
  /** About how long it takes. */
  seconds: number;
  run(): Promise<void>;
}

const redrawMs = 500;

/** Runs tasks one after the other, showing the current task and the time left on standard error. */
export async function runTasks(tasks: readonly Task[], signal: AbortSignal): Promise<void> {
  const total = tasks.reduce((sum, { seconds }) => sum + seconds, 0);
  const startedAt = performance.now();
  let done = 0;
  for (const [index, task] of tasks.entries()) {
    signal.throwIfAborted();
    const taskAt = performance.now();
    const show = () => {
      const passed = Math.min((performance.now() - taskAt) / 1_000, task.seconds);
      // Assumes the rest will be off its estimate by the same factor as the tasks so far.
      const pace = done > 0 ? (taskAt - startedAt) / 1_000 / done : 1;
      draw(`[${index + 1}/${tasks.length}] ${task.name} · ${formatSeconds((total - done) * pace - passed)} left`);
    };
    show();
    const timer = process.stderr.isTTY ? setInterval(show, redrawMs) : undefined;
    await task.run().finally(() => clearInterval(timer));
    done += task.seconds;
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
}

function draw(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r${text}\x1b[K` : `${text}\n`);
}

function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
