import { formatTime } from '../lib/format.ts';
import { TimeLeft } from './time-left.tsx';
import { useSecondsLeft } from './use-seconds-left.ts';

const lastSeconds = 60;
const lastMinute = {
  confirm: 'Less than a minute left to confirm your seats.',
  pay: 'Less than a minute left to pay for your seats.',
};

interface CountdownProps {
  from: string;
  until: string;
  /** What is to be done by then. */
  action: keyof typeof lastMinute;
  /** Why it lasts as long as it does. */
  note?: string | undefined;
}

/** How long a hold lasts, in figures and as a bar. Screen readers announce only the last minute. */
export function Countdown({ from, until, action, note }: CountdownProps) {
  const seconds = Math.max(0, useSecondsLeft(until));
  const share = Math.min(1, (1_000 * seconds) / (Date.parse(until) - Date.parse(from)));
  const isLast = seconds <= lastSeconds;
  return (
    <div className={isLast ? 'countdown last' : 'countdown'}>
      <p>
        <TimeLeft until={until} />
        <span>
          left to {action}, until {formatTime(until)}
        </span>
      </p>
      <svg viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
        <rect width={100 * share} height="2" />
      </svg>
      {note && <p className="hint">{note}</p>}
      <p className="unseen" role="status">
        {isLast && lastMinute[action]}
      </p>
    </div>
  );
}
