/** The alerting rules in deploy/observability against the metrics of running services. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string; description: string } }[] }[];
}

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
});
afterAll(() => boxoffice.stop());

const file = resolve(import.meta.dirname, '../../../deploy/observability/rules.yml');
const { groups } = parse(await readFile(file, 'utf8')) as Rules;
const rules = groups.flatMap((group) => group.rules);
/** PromQL's functions and keywords in the rules, and our labels, are single words. */
const metricsIn = (expression: string) => expression.match(/\b[a-z]+_[a-z_]+\b/g) ?? [];

/** The samples of a service that serves these metrics, by metric. */
function samplesIn(text: string): Map<string, number[]> {
  const samples = [...text.matchAll(/^([a-z_]+)(?:\{[^}]*\})? (\S+)$/gm)];
  return new Map(
    [...Map.groupBy(samples, ([, name = '']) => name)].map(([name, all]) => [name, all.map((one) => Number(one[2]))]),
  );
}

test.each(rules)('$alert asks for metrics that a gateway exports', async ({ expr, annotations }) => {
  const names = metricsIn(expr);
  expect(names).not.toEqual([]);
  const samples = samplesIn(await boxoffice.metrics());
  for (const name of names) expect([...samples.keys()]).toContain(name);
  expect(annotations).toEqual({ summary: expect.any(String), description: expect.any(String) });
});

test('the rules cover owners, the oldest request, the memory of Redis, the outbox, payments and readiness', () => {
  expect(rules.flatMap(({ expr }) => metricsIn(expr)).sort()).toEqual([
    'booking_outbox_oldest_seconds',
    'booking_partitions_without_owner',
    'booking_queue_oldest_seconds',
    'booking_redis_memory_ratio',
    'payment_attention',
    'payment_overdue_seconds',
    'service_ready',
  ]);
});

test('every service exports whether it is ready', async () => {
  const [worker] = boxoffice.workers;
  const internal = [boxoffice.catalog, worker].map(async (service) => (await fetch(`${service?.url}/metrics`)).text());
  for (const text of await Promise.all([boxoffice.metrics(), ...internal]))
    expect(samplesIn(text).get('service_ready')).toEqual([1]);
});
