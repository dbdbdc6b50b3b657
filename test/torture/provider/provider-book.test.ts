import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Ledger } from './ledger.ts';
import { ProviderBook } from './provider-book.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boxoffice-provider-'));
  path = join(folder, 'provider.book');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const order = new URLSearchParams({
  ...{ client_reference_id: 'p1', 'payment_intent_data[capture_method]': 'manual' },
  ...{ 'line_items[0][price_data][unit_amount]': '2000', 'line_items[0][price_data][currency]': 'eur' },
  'payment_intent_data[metadata][payment_id]': 'p1',
});
const none = new URLSearchParams();

/** Opens a checkout, and pays. */
function pay(book: ProviderBook, key = 'checkout'): { session: string; intent: string } {
  const session = (book.call('POST', '/v1/checkout/sessions', order, key).answer.body as { id: string }).id;
  book.visit(session, 'pay');
  const { answer } = book.call('GET', `/v1/checkout/sessions/${session}`, none, undefined);
  return { session, intent: (answer.body as { payment_intent: { id: string } }).payment_intent.id };
}

const ledgerOf = () => {
  const ledger = new Ledger(path);
  ledger.update();
  return ledger;
};

test('a provider that was killed knows its payments and the keys of its calls', () => {
  const first = new ProviderBook(path);
  const { session, intent } = pay(first);
  const captured = first.call('POST', `/v1/payment_intents/${intent}/capture`, none, 'capture');
  expect(captured.events).toMatchObject([{ type: 'payment_intent.succeeded', data: { object: { id: intent } } }]);

  const again = new ProviderBook(path);
  expect(again.call('POST', `/v1/payment_intents/${intent}/capture`, none, 'capture')).toEqual({
    ...{ answer: captured.answer, events: [] },
  });
  expect(again.visit(session, 'pay')).toBeNull();
  expect(
    ledgerOf()
      .of('p1')
      .map(({ what }) => what),
  ).toEqual(['authorized', 'captured']);
});

test('nothing but the key keeps a refund from being made twice', () => {
  const book = new ProviderBook(path);
  const { intent } = pay(book);
  book.call('POST', `/v1/payment_intents/${intent}/capture`, none, 'capture');
  const refund = (key: string) =>
    book.call('POST', '/v1/refunds', new URLSearchParams({ payment_intent: intent }), key).answer.status;
  expect([refund('one'), refund('one'), refund('two')]).toEqual([200, 200, 200]);
  expect(ledgerOf().totals.get('EUR')).toEqual({ authorized: 2_000, captured: 2_000, voided: 0, refunded: 4_000 });
});

test('a line that a SIGKILL has torn is forgotten, and those behind it are read', () => {
  const { intent } = pay(new ProviderBook(path));
  appendFileSync(path, '{"at":1,"moved":{"what":"capt');
  const again = new ProviderBook(path);
  again.call('POST', `/v1/payment_intents/${intent}/cancel`, none, 'void');
  expect(
    ledgerOf()
      .of('p1')
      .map(({ what }) => what),
  ).toEqual(['authorized', 'voided']);
});

test('a checkout is open until its time is over', () => {
  const book = new ProviderBook(path);
  const { id } = book.call('POST', '/v1/checkout/sessions', order, 'checkout').answer.body as { id: string };
  expect(book.expire(60_000)).toEqual([]);
  expect(book.visit(id, 'decline')).toEqual([]);
  expect(book.expire(0)).toMatchObject([{ type: 'checkout.session.expired', data: { object: { id } } }]);
  expect(book.visit(id, 'pay')).toBeNull();
});
