import { styleText } from 'node:util';
import type { Operation, Violation } from '../checker/history.ts';
import type { FaultLog } from '../faults/fault-log.ts';

/** Formats a violation: the sentence, and the operations that prove it in the order of their calls. */
export function story(violation: Violation, startedAt: number, log: FaultLog): string {
  const { rule, text, operations = [] } = violation;
  const lines = [`${styleText('red', `✗ ${rule}`)}: ${text}`];
  const sorted = [...operations].sort((a, b) => a.called - b.called).slice(0, 12);
  for (const operation of sorted) lines.push(...tell(operation, startedAt).map((line) => `     ${line}`));
  const around = faultsAround(violation, log);
  if (around) lines.push(styleText('dim', `     meanwhile: ${around}`));
  return lines.join('\n');
}

/** The faults that were active between the first call and the last answer, or shortly before. */
function faultsAround({ operations = [], at }: Violation, log: FaultLog): string {
  const from = Math.min(at ?? Number.POSITIVE_INFINITY, ...operations.map(({ called }) => called)) - 2_000;
  const to =
    at ?? Math.max(...operations.flatMap(({ called, sightings }) => [called, ...sightings.map(({ told }) => told)]));
  return log
    .between(from, to)
    .slice(0, 8)
    .map(({ kind, target }) => `${kind} (${target})`)
    .join(', ');
}

function tell(operation: Operation, startedAt: number): string[] {
  const { kind, seats, best, user, key, called, accepted, unknown, sightings, ids, possibleIds, target } = operation;
  const time = (at: number) => ((at - startedAt) / 1_000).toFixed(3);
  const wish = typeof best === 'number' ? `the best ${best}` : seats.join(' ');
  const asked = `user ${user} ${kind}s ${target === null ? '' : `${target}, `}${wish}${key ? ` with key ${key}` : ''}`;
  const fate = accepted === null ? 'never known to be accepted' : `accepted by ${time(accepted)}`;
  const lost = unknown > 0 ? `, ${unknown} without an answer` : '';
  const name = ids[0] ?? (possibleIds[0] ? `perhaps ${possibleIds[0]}` : 'no id');
  const lines = [`${time(called)} ${asked}: ${fate}${lost} (${name})`];
  let before = '';
  for (const { told, what, by, gateway } of sightings) {
    const words =
      typeof what === 'string' ? what : [what.status, what.code, what.taken?.join(' ')].filter(Boolean).join(' ');
    if (words !== before) lines.push(`  ${time(told)} ${words} (${by}, gateway-${gateway + 1})`);
    before = words;
  }
  return lines.slice(0, 8);
}
