/**
 * The share of requests to trace when no caller has made that decision: OTEL_TRACES_SAMPLER_ARG with the sampler
 * `parentbased_traceidratio`. OpenTelemetry makes ids and copies attributes before it asks its sampler; we decide first, so
 * that a request that is not sampled costs next to nothing.
 *
 * @returns from 0 to 1; 1 with any other sampler or an invalid share: OpenTelemetry decides then, and complains
 */
export function sampledShare(env: NodeJS.ProcessEnv): number {
  const { OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG = '' } = env;
  if (OTEL_TRACES_SAMPLER?.trim() !== 'parentbased_traceidratio' || OTEL_TRACES_SAMPLER_ARG.trim() === '') return 1;
  const share = Number(OTEL_TRACES_SAMPLER_ARG);
  return share >= 0 && share <= 1 ? share : 1;
}
