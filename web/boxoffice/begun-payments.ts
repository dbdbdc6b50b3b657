/**
 * The payments that were begun in this browser, by booking: whoever closes the tab of the checkout finds the payment again
 * at the booking. In localStorage, as that tab takes its sessionStorage with it. Elsewhere the server remembers: whoever
 * pays again gets the payment that is open.
 */
const storageKey = 'boxoffice.payments';
/** Holds end soon, so older ones are of no use. */
const limit = 20;

type Begun = [bookingId: string, paymentId: string][];

const read = () => JSON.parse(localStorage.getItem(storageKey) ?? '[]') as Begun;

export function rememberPayment(bookingId: string, paymentId: string): void {
  const others = read().filter(([id]) => id !== bookingId);
  localStorage.setItem(storageKey, JSON.stringify([[bookingId, paymentId], ...others].slice(0, limit)));
}

/** The id of the latest payment that was begun for this booking. */
export function findBegunPayment(bookingId: string): string | null {
  return read().find(([id]) => id === bookingId)?.[1] ?? null;
}
