import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditMoney } from './audit-money/audit-money.ts';

let database: TestDatabase;
let orm: MikroORM;
beforeAll(async () => {
  database = await createTestDatabase();
  orm = await openDatabase({ url: database.url });
});
afterAll(async () => {
  await orm.close();
  await database.drop();
});
beforeEach(() =>
  rows('truncate booking.bookings, booking.payment_verdicts, booking.outbox, payments.payments restart identity'),
);

const rows = (sql: string, parameters: unknown[] = []) => orm.em.getConnection().execute<object[]>(sql, parameters);
const audit = () => auditMoney(orm.em.fork());
const rulesBroken = async () => (await audit()).violations.map(({ rule }) => rule);

interface Fields {
  booking?: string;
  payment?: string;
  captured?: boolean;
  refunded?: boolean;
  paid?: number;
  nextStep?: boolean;
  verdict?: boolean;
}

/** A booking for 10.00 and its payment. */
async function add(fields: Fields = {}): Promise<{ payment: string; booking: string }> {
  const { booking: bookingStatus = 'booked', payment: status = 'captured', paid = 1_000, nextStep = false } = fields;
  const { captured = status === 'captured', refunded = status === 'refunded', verdict = true } = fields;
  const [payment, booking] = [randomUUID(), randomUUID()];
  await rows(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at, total, currency, payment_id, cancelled_at)
     values (7, ?, 1, '{A1}', ?, now(), 1000, 'EUR', ?, now() - interval '2 hours')`,
    [booking, bookingStatus, payment],
  );
  await rows(
    `insert into payments.payments (id, show_id, booking_id, user_id, provider, reference, amount, currency, status,
       captured_at, refunded_at, next_step_at) values (?, 7, ?, 1, 'test', ?, ?, 'EUR', ?,
       case when ?::boolean then now() end, case when ?::boolean then now() end, case when ?::boolean then now() end)`,
    [payment, booking, payment, paid, status, captured, refunded, nextStep],
  );
  if (verdict)
    await rows(
      'insert into booking.payment_verdicts (show_id, payment_id, booking_id, accepted, decided_at) values (7, ?, ?, true, now())',
      [payment, booking],
    );
  return { payment, booking };
}

test('money that is where it should be, or on its way, breaks no rule and adds up', async () => {
  await add();
  await add({ payment: 'authorized', nextStep: true });
  await add({ booking: 'cancelled', nextStep: true });
  await add({ booking: 'cancelled', payment: 'refunded', captured: true });
  await add({ booking: 'cancelled', payment: 'voided' });
  expect(await audit()).toEqual({
    violations: [],
    currencies: [
      { currency: 'EUR', captured: 3_000, refunded: 1_000, booked: 2_000, to_capture: 1_000, to_refund: 1_000 },
    ],
  });
});

describe('it finds', () => {
  const notPaid = 'booked without money that is captured, or authorised and about to be';
  test.each<[what: string, fields: Fields, rules: string[]]>([
    ['a booking that nobody captures', { payment: 'authorized' }, [notPaid]],
    ['a capture that nobody gives back', { booking: 'cancelled' }, ['captured, not booked, and nobody gives it back']],
    [
      'a booking whose money was given back',
      { payment: 'refunded', captured: true },
      [notPaid, 'voided, refunded or failed, and booked', 'the sums in EUR differ'],
    ],
    ['a booking whose money was released', { payment: 'voided' }, [notPaid, 'voided, refunded or failed, and booked']],
    [
      'a payment that is a cent short',
      { paid: 999 },
      ['booked by a payment of another amount or currency', 'the sums in EUR differ'],
    ],
    ['a booking without a verdict', { verdict: false }, ['booked online without the verdict of the line']],
  ])('%s', async (_, fields, rules) => {
    await add(fields);
    expect(await rulesBroken()).toEqual(rules);
  });

  test('a booking that was paid twice', async () => {
    const { booking } = await add();
    const { payment } = await add();
    await rows('update payments.payments set booking_id = ? where id = ?', [booking, payment]);
    expect(await rulesBroken()).toContain('two payments captured for one booking');
  });
});

describe('the command', () => {
  const run = () =>
    spawnSync(process.execPath, [join(import.meta.dirname, 'audit-money.ts')], {
      ...{ encoding: 'utf8', env: { ...process.env, GATEWAY_DATABASE_URL: database.url } },
    });

  test('prints the sums and a verdict, and exits with 0', async () => {
    await add();
    const { stdout, stderr, status } = run();
    expect([stderr, status]).toEqual(['', 0]);
    expect(stdout).toMatch(/EUR +1,000 +0 +1,000 +1,000 +0 +0 +1,000\nNo violations/);
  });

  test('names what is wrong, and exits with 1', async () => {
    const { payment, booking } = await add({ paid: 999 });
    const { stdout, status } = run();
    expect(status).toBe(1);
    expect(stdout).toContain(
      `VIOLATION: booked by a payment of another amount or currency (payment ${payment}) (booking ${booking})`,
    );
    expect(stdout).toMatch(/\n2 violations\.\n$/);
  });
});
