import { createLogger } from '@boxoffice/shared/service/logging';
import { expect, test } from 'vitest';
import type { CancelledPass } from './payment-changes.ts';
import type { PaymentRow } from './payment-row.ts';
import { Reconciler } from './reconciler.ts';

type Options = ConstructorParameters<typeof Reconciler>[0];

function reconciler(options: { [Name in keyof Options]?: Partial<Options[Name]> }) {
  const changes = { takeDue: async () => [], remindOfCancelled: async () => null, ...options.changes };
  const events = { findDue: async () => [], ...options.events };
  const settler = { settle: async () => undefined, ...options.settler };
  const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
  return new Reconciler({
    handleEvent: async () => undefined,
    ...options,
    changes,
    events,
    settler,
    logger,
  } as Options);
}

test('payments and events are reconciled also while the reminder of cancelled bookings fails', async () => {
  const done: unknown[] = [];
  const one = reconciler({
    changes: {
      remindOfCancelled: () => Promise.reject(new Error('canceling statement due to statement timeout')),
      takeDue: async () => [{ id: 'payment' } as PaymentRow],
    },
    events: { findDue: async () => [7] },
    handleEvent: async (id: number) => void done.push(id),
    settler: { settle: async (id) => void done.push(id) },
  });
  await one.search();
  await one.search();
  expect(done).toEqual([7, 'payment', 7, 'payment']);
});

test('each search inspects one batch of the bookings that were ever cancelled, until none is left', async () => {
  const batches: CancelledPass[] = [];
  const at = (batch: number) => ({ cancelledAt: `${batch}`, paymentId: `${batch}` });
  const one = reconciler({
    changes: {
      async remindOfCancelled(pass) {
        if (pass.withinSeconds < 100_000) return null; // the pass through recent bookings
        batches.push(pass);
        if (batches.length === 2) throw new Error('the database is away'); // this batch is tried again
        return batches.length < 4 ? at(batches.length) : null;
      },
    },
  });
  for (let search = 0; search < 6; search++) await one.search();
  expect(batches.map(({ after }) => after)).toEqual([null, at(1), at(1), at(3)]);
});

test('recently cancelled bookings are looked for again and again', async () => {
  const withins: number[] = [];
  const one = reconciler({
    changes: {
      async remindOfCancelled({ withinSeconds }) {
        withins.push(withinSeconds);
        return null;
      },
    },
  });
  for (let search = 0; search < 61; search++) await one.search();
  expect(withins.slice(1)).toEqual([3_600, 3_600, 3_600]);
});

test('a search that can handle none of what it found is followed by a pause', async () => {
  const ids = Array.from({ length: 20 }, (_, id) => id);
  const failing = reconciler({
    events: { findDue: async () => ids },
    handleEvent: () => Promise.reject(new Error('not now')),
    changes: { takeDue: async () => ids.map((id) => ({ id: `${id}` }) as PaymentRow) },
    settler: { settle: () => Promise.reject(new Error('not now')) },
  });
  expect(await failing.search()).toBe(0);
  expect(await reconciler({ events: { findDue: async () => ids } }).search()).toBe(20);
});
