/**
 * Ids encode their route. The gateway assigns a booking's id before it queues the request, and the id alone
 * names the queue and the job that carry it, and the shard that would hold it:
 *
 *   bits   0–47   52 … 4 of the time in microseconds since 1970 (UUIDv8, RFC 9562 section 5.8)
 *   bits  48–51   version, 8
 *   bits  52–55   the last 4 bits of the time
 *   bits  56–63   partition
 *   bits  64–65   variant, binary 10
 *   bits  66–89   random
 *   bits  90–120  show id
 *   bits 121–127  place in the envelope
 *
 * An envelope's id, which is the BullMQ job's id, has zeros for show and place.
 */
import { getRandomValues, randomInt } from 'node:crypto';

/** The most requests in one envelope: 7 bits encode the place. */
export const envelopeLimit = 128;

let lastMicros = 0n;

/**
 * The time in microseconds since 1970, strictly increasing within one process. By the system's clock, because
 * `performance.now()` stops while the machine is suspended. That clock has no microseconds: they are random,
 * so that gateways which create ids in the same millisecond do not choose the same one.
 */
function nextMicros(): bigint {
  const now = BigInt(Date.now()) * 1_000n + BigInt(randomInt(1_000));
  lastMicros = now > lastMicros ? now : lastMicros + 1n;
  return lastMicros;
}

/** Creates an envelope's id for a partition (0–255). `micros`: microseconds since 1970; by default now. */
export function newEnvelopeId(partition: number, micros = nextMicros()): string {
  const random = BigInt(getRandomValues(new Uint32Array(1))[0] ?? 0) & 0xff_ffffn;
  const high = ((micros >> 4n) << 16n) | 0x8000n | ((micros & 0xfn) << 8n) | BigInt(partition);
  const low = (0b10n << 62n) | (random << 38n);
  return format(high, low);
}

/** The id of the request at `place` (from 0) of an envelope. Also the id of the booking it makes. */
export function requestId(envelopeId: string, showId: number, place: number): string {
  const { high, low } = parse(envelopeId);
  return format(high, low | (BigInt(showId) << 7n) | BigInt(place));
}

/** The lower bound of all ids created at or after this time, in milliseconds since 1970. */
export function firstIdAt(timeMs: number): string {
  return format(((BigInt(Math.floor(timeMs)) * 1_000n) >> 4n) << 16n, 0n);
}

export interface BookingIdParts {
  envelopeId: string;
  partition: number;
  showId: number;
  /** Index of the request in its envelope, from 0. */
  place: number;
  /** When the gateway created it, in milliseconds since 1970. */
  timeMs: number;
}

/** Decodes a booking's id. Returns null for anything else. */
export function readBookingId(id: string): BookingIdParts | null {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) return null;
  const { high, low } = parse(id);
  const showId = Number((low >> 7n) & 0x7fff_ffffn);
  if (showId === 0) return null;
  return {
    envelopeId: format(high, low & ~0x3f_ffff_ffffn),
    partition: Number(high & 0xffn),
    showId,
    place: Number(low & 0x7fn),
    timeMs: Number((((high >> 16n) << 4n) | ((high >> 8n) & 0xfn)) / 1_000n),
  };
}

/** The partition encoded in a request's or an envelope's id. */
export function partitionIn(id: string): number {
  return Number.parseInt(id.slice(16, 18), 16);
}

function parse(id: string): { high: bigint; low: bigint } {
  const hex = id.replaceAll('-', '');
  return { high: BigInt(`0x${hex.slice(0, 16)}`), low: BigInt(`0x${hex.slice(16)}`) };
}

function format(high: bigint, low: bigint): string {
  const hex = high.toString(16).padStart(16, '0') + low.toString(16).padStart(16, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
