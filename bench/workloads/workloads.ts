/** The requests sent to the systems. Each request is a function of its number, whichever generator sends it. */

export const quickWorkloads = ['hot', 'spread', 'stampede', 'churn', 'browse', 'flood', 'open', 'pgbench'] as const;
export const workloadNames = [...quickWorkloads, 'hold', 'paid', 'best', 'expiry', 'curve'] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** The response to a booking: its outcome (`Prefer: wait=10`), or an immediate 202. */
export type Mode = 'wait' | '202';

export type SystemName = 'boxoffice' | 'direct' | 'row lock';

/** The requests of one run. */
export type Plan =
  | {
      kind: 'book';
      mode: Mode;
      shows: number[];
      /** Seats 1 to this one are taken; if not 0, 19 of 20 requests ask for one of them. */
      takenSeats: number;
    }
  /** Each seat is booked, cancelled by its owner, and booked by another user. */
  | { kind: 'churn'; shows: number[] }
  | { kind: 'browse'; paths: string[] };

export interface Request {
  method: 'GET' | 'POST';
  path: string;
  /** Index of the token to send, from 0; null: none. */
  user: number | null;
  body: string | null;
  prefer: string | null;
}

/** Each user has a token. */
export const userCount = 5_000;
/** More than are sold in a run. */
export const seatsPerShow = 999_999;
export const seatsPerRow = 100;
export const takenSeatCount = 100;
/** In a stampede, one in this many requests asks for a free seat. */
export const freeSeatEvery = 20;
export const spreadShowCount = 50;
export const floodRequests = 50_000;
/** Seconds in the `Prefer: wait` of a waiting request. */
export const waitSeconds = 10;

/** Request number `n`, from 0, of a plan; not for churn, where each response determines the next request. */
export function requestAt(plan: Exclude<Plan, { kind: 'churn' }>, n: number): Request {
  if (plan.kind === 'browse') {
    return { method: 'GET', path: plan.paths[n % plan.paths.length] ?? '/', user: null, body: null, prefer: null };
  }
  const { shows, mode } = plan;
  const show = shows[n % shows.length] ?? 0;
  const prefer = mode === 'wait' ? `wait=${waitSeconds}` : null;
  return bookRequest({ show, seat: seatAt(plan, n), user: n % userCount, prefer });
}

function seatAt({ shows, takenSeats }: Extract<Plan, { kind: 'book' }>, n: number): number {
  if (takenSeats === 0) return Math.floor(n / shows.length) + 1;
  return n % freeSeatEvery === 0 ? takenSeats + n / freeSeatEvery + 1 : ((n * 7) % takenSeats) + 1;
}

/** The request for one seat, by its number. */
export function bookRequest(booking: { show: number; seat: number; user: number; prefer: string | null }): Request {
  return {
    method: 'POST',
    path: `/api/shows/${booking.show}/book/`,
    user: booking.user,
    body: `{"seat_number":${booking.seat}}`,
    prefer: booking.prefer,
  };
}
