/** Streams: server-sent events, and the seat maps that many clients follow. */
import type { Http } from '@boxoffice/shared/service/http';
import type { Operation } from '../http/operation.ts';
import type { EventStreams } from './event-streams.ts';
import { followSeats } from './routes/follow-seats.ts';
import type { SeatWatch } from './seat-watch.ts';

export { type EventStream, eventBytes } from './event-stream.ts';
export { eventStreamResponse } from './event-stream-response.ts';
export { EventStreams } from './event-streams.ts';
export { SeatWatch } from './seat-watch.ts';

export interface Dependencies {
  config: { EVENT_STREAM_LIMIT_PER_ADDRESS: number };
  seatWatch: SeatWatch;
  streams: EventStreams;
}

export const operations: Operation<Dependencies>[] = [followSeats];

export function register(http: Http, dependencies: Dependencies): void {
  for (const operation of operations) operation.serve(http, dependencies);
}
