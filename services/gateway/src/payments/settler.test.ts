import { createLogger } from '@boxoffice/shared/service/logging';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Pace } from './pace.ts';
import { PaymentMetrics } from './payment-metrics.ts';
import type { PaymentRow } from './payment-row.ts';
import { type PaymentProvider, ProviderError } from './providers/provider.ts';
import { Settler, type SettlerOptions } from './settler.ts';

test('people who wait for a payment make no calls of their own while calls to the provider queue up', async () => {
  const pace = new Pace(20);
  const settled: string[] = [];
  const options = {
    ...{ pace, metrics: new PaymentMetrics(new Registry(), () => Promise.reject(new Error('not read'))) },
    logger: createLogger('gateway', { LOG_LEVEL: 'silent' }),
    payments: {
      findFacts(id: string) {
        settled.push(id);
        return Promise.resolve(null);
      },
    },
  };
  const settler = new Settler(options as unknown as SettlerOptions);
  await settler.settleSoon('1');
  for (let call = 0; call < 20; call++) void pace.turn();
  await settler.settleSoon('2');
  await settler.settle('3');
  expect(settled).toEqual(['1', '3']);
});

/** A settler of one payment, whose provider fails, and what it does. */
function settlerOf(payment: Partial<PaymentRow>, provider: Partial<PaymentProvider> = {}, outcome: unknown = null) {
  const done: unknown[] = [];
  const row = { id: '1', provider: 'stripe', status: 'authorized', tries: 0, reference: 'cs_1', ...payment };
  const record = (what: string) => async (_: unknown, detail: unknown) => {
    done.push([what, detail]);
    return true;
  };
  const options = {
    ...{ pace: new Pace(20), metrics: new PaymentMetrics(new Registry(), () => Promise.reject(new Error('not read'))) },
    logger: createLogger('gateway', { LOG_LEVEL: 'silent' }),
    payments: { findFacts: async () => ({ payment: row, accepted: null, isBooked: false, holdEndsAt: null }) },
    changes: {
      ...{ addHistory: async () => undefined, apply: async () => null, giveUp: async () => false },
      ...{ setAttention: record('attention'), postpone: record('postpone') },
    },
    providers: new Map([['stripe', provider]]),
    submit: async () => outcome,
  };
  return { settler: new Settler(options as unknown as SettlerOptions), done };
}
const pauseIn = (done: unknown[]) => (done.at(-1) as [string, { delayMs: number }])[1].delayMs;

test('a confirmation that the line does not answer is asked for every half a minute, and needs attention in the end', async () => {
  const before = settlerOf({ tries: 11 });
  await before.settler.settle('1');
  expect(before.done).toMatchObject([['postpone', { countsAsTry: true }]]);
  const stuck = settlerOf({ tries: 12 });
  await stuck.settler.settle('1');
  expect(stuck.done).toMatchObject([
    ['attention', 'confirm_stuck'],
    ['postpone', { countsAsTry: true }],
  ]);
  const failed = settlerOf({ tries: 12 }, {}, { status: 'failed' });
  await failed.settler.settle('1');
  for (const { done } of [before, stuck, failed]) expect(pauseIn(done)).toBeLessThanOrEqual(30_000);
});

test('a provider that has been down for long needs attention, a buyer who does not pay needs none', async () => {
  const find = () => Promise.reject(new ProviderError('retry', 'away'));
  const away = settlerOf({ status: 'pending', tries: 12 }, { find });
  await away.settler.settle('1');
  expect(away.done).toMatchObject([
    ['attention', 'find_stuck'],
    ['postpone', {}],
  ]);
  const waiting = settlerOf({ status: 'pending', tries: 12 }, { find: async () => ({ status: 'pending' }) });
  await waiting.settler.settle('1');
  expect(waiting.done).toMatchObject([['postpone', { countsAsTry: true }]]);
});

test('people who wait do not repeat a step that has failed before it is due, but look whether a checkout is paid', async () => {
  const next_step_at = new Date(Date.now() + 60_000);
  const failed = settlerOf({ tries: 1, next_step_at });
  await failed.settler.settleSoon('1');
  expect(failed.done).toEqual([]);
  await failed.settler.settle('1');
  const due = settlerOf({ tries: 1, next_step_at: new Date(0) });
  await due.settler.settleSoon('1');
  const find = async () => ({ status: 'pending' as const });
  const open = settlerOf({ status: 'pending', tries: 1, next_step_at }, { find });
  await open.settler.settleSoon('1');
  for (const { done } of [failed, due, open]) expect(done).toHaveLength(1);
});

test('a waiting buyer whose provider is down does not put the next try off, the others do', async () => {
  const postponed: unknown[] = [];
  const payment = { id: '1', provider: 'away', status: 'captured', tries: 3, reference: null };
  const options = {
    ...{ pace: new Pace(20), metrics: new PaymentMetrics(new Registry(), () => Promise.reject(new Error('not read'))) },
    logger: createLogger('gateway', { LOG_LEVEL: 'silent' }),
    payments: { findFacts: async () => ({ payment, accepted: false, isBooked: false, holdEndsAt: null }) },
    changes: {
      addHistory: async () => undefined,
      setAttention: async () => false,
      postpone: async (_: unknown, { countsAsTry }: { countsAsTry: boolean }) => postponed.push(countsAsTry),
    },
    providers: new Map(),
  };
  const settler = new Settler(options as unknown as SettlerOptions);
  await settler.settleSoon('1');
  await settler.settle('1');
  expect(postponed).toEqual([false, true]);
});
