import { createLogger } from '@boxoffice/shared/service/logging';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { Pace } from './pace.ts';
import { PaymentMetrics } from './payment-metrics.ts';
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
