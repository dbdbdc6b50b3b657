import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';

/**
 * Records a turn if it decides traced requests. The turn continues the trace of the first one and is linked to the others;
 * each of them gets a span with its outcome, linked to the turn, so that no trace ends at the queue.
 */
export async function traceTurn(
  tracing: Tracing,
  requests: readonly BookingRequest[],
  commit: () => Promise<Outcome[]>,
): Promise<Outcome[]> {
  const causes = requests.flatMap(({ traceparent }) => traceparent ?? []);
  if (causes.length === 0) return commit();
  const startedAt = Date.now();
  const attributes = { 'messaging.batch.message_count': requests.length };
  const turn = tracing.start('turn', { kind: 'consumer', causes, startedAt, attributes });
  try {
    const outcomes = await turn.during(commit);
    turn.end();
    for (const [index, outcome] of outcomes.entries())
      traceOutcome(tracing, requests[index], { outcome, turn: turn.traceparent, startedAt });
    return outcomes;
  } catch (error) {
    turn.end(error);
    throw error;
  }
}

function traceOutcome(
  tracing: Tracing,
  request: BookingRequest | undefined,
  { outcome, turn, startedAt }: { outcome: Outcome; turn: string; startedAt: number },
): void {
  if (!request?.traceparent) return;
  const reason = outcome.status !== 'succeeded' && { 'boxoffice.reason': outcome.problem.code };
  const attributes = { 'boxoffice.job': outcome.id, 'boxoffice.outcome': outcome.status, ...reason };
  const causes = [request.traceparent, turn];
  tracing.start(`decide ${request.kind}`, { kind: 'consumer', causes, startedAt, attributes }).end();
}
