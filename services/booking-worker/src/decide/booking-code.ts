import { createHash } from 'node:crypto';

/** Letters and digits that are not mistaken for one another. */
const codeAlphabet = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';

/** Eight characters, so that two bookings of a show practically never have the same. Deterministic, like all of `decide`. */
export function codeOf(bookingId: string): string {
  const bytes = createHash('sha256').update(bookingId).digest().subarray(0, 8);
  return [...bytes].map((byte) => codeAlphabet[byte % codeAlphabet.length]).join('');
}
