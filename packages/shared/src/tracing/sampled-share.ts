/**
 * Which share of the requests to trace, 0 to 1, of those about which no caller has decided: OTEL_TRACES_SAMPLER_ARG with the
 * sampler `parentbased_traceidratio`. OpenTelemetry makes ids and copies attributes before it asks a sampler; deciding
 * beforehand makes a request that is not sampled cost next to nothing.
 *
 * @returns 1 with any other sampler, or without a valid share: OpenTelemetry decides then, and complains
 */
export function sampledShare(env: NodeJS.ProcessEnv): number {
  const { OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG = '' } = env;
  if (OTEL_TRACES_SAMPLER?.trim() !== 'parentbased_traceidratio' || OTEL_TRACES_SAMPLER_ARG.trim() === '') return 1;
  const share = Number(OTEL_TRACES_SAMPLER_ARG);
  return share >= 0 && share <= 1 ? share : 1;
}
