import { type Envelope, type Outcomes, seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { publisherOf } from '@boxoffice/shared/service/redis-masters';

/**
 * Publishes an envelope's outcomes to the gateway that asked. Call it after the commit only. The shows
 * come first, so that gateways have dropped their cached seats before anyone learns the outcome. A
 * gateway recovers from a lost message on its own. Not pipelined: that costs more than it saves here.
 */
export function publishOutcomes(redis: RedisClient, { reply_to }: Envelope, outcomes: Outcomes): void {
  const shows = showsOf(outcomes);
  if (shows.length > 0) publishSeatsChanged(redis, shows);
  publish(redis, reply_to, outcomes);
}

/** Tells every gateway which shows have changed seats. Call it after the commit only. */
export function publishSeatsChanged(redis: RedisClient, showIds: number[]): void {
  publish(redis, seatsChangedChannel, showIds);
}

function publish(redis: RedisClient, channel: string, message: unknown): void {
  void publisherOf(redis)
    .publish(channel, JSON.stringify(message))
    .catch(() => undefined);
}

/** One log line per request. */
export function logOutcomes(logger: Logger, { requests }: Envelope, outcomes: Outcomes): void {
  for (const [place, outcome] of outcomes.entries()) {
    const request = requests[place];
    logger.info(
      {
        reqId: request?.request_id,
        trace_id: request?.traceparent?.split('-')[1],
        job: outcome.id,
        kind: request?.kind,
        show: request?.show_id,
        status: outcome.status,
        reason: outcome.status === 'succeeded' ? undefined : outcome.problem.code,
      },
      'decided',
    );
  }
}

/** The shows whose seats these outcomes may have changed. A second run over what the first one wrote names them again. */
function showsOf(outcomes: Outcomes): number[] {
  const shows = outcomes.map((outcome) => (outcome.status === 'succeeded' ? outcome.booking.show_id : null));
  return [...new Set(shows)].filter((show) => show !== null);
}
