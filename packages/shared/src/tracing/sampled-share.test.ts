import { expect, test } from 'vitest';
import { sampledShare } from './sampled-share.ts';

const byRatio = (OTEL_TRACES_SAMPLER_ARG?: string) =>
  sampledShare({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG });

test('with a ratio of requests without a parent, that share is sampled', () => {
  expect(['0', '0.01', ' 1 '].map(byRatio)).toEqual([0, 0.01, 1]);
});

test('OpenTelemetry decides with another sampler, or without a valid share', () => {
  expect([undefined, '', ' ', '-1', '1.5', 'x'].map(byRatio)).toEqual([1, 1, 1, 1, 1, 1]);
  expect(sampledShare({})).toBe(1);
  expect(sampledShare({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' })).toBe(1);
});
