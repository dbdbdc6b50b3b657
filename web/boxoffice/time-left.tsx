import { useSecondsLeft } from './use-seconds-left.ts';

/** A countdown, as `8:05`. Silent: screen readers would otherwise speak every second. */
export function TimeLeft({ until }: { until: string }) {
  const seconds = Math.max(0, useSecondsLeft(until));
  return (
    <span className="time-left" role="timer">
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </span>
  );
}
