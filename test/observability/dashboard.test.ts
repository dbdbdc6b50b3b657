/** A real Prometheus scrapes running services: every query of the rules and of the dashboard is run against it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { type Prometheus, prometheusForTests, startPrometheus } from '@boxoffice/testing/prometheus';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Panel {
  type: string;
  title: string;
  description: string;
  targets?: { expr: string }[];
}
interface ScrapeConfig {
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
}

const folder = resolve(import.meta.dirname, '../../deploy/observability');
const { panels } = JSON.parse(await readFile(resolve(folder, 'dashboard.json'), 'utf8')) as { panels: Panel[] };
const queries = panels.flatMap(({ title, description, targets = [] }) =>
  targets.map(({ expr }) => ({ title, description, expr: expr.replaceAll('$__rate_interval', '30s') })),
);
const programs = await prometheusForTests();

/** The deployed configuration, with the targets of this test. */
async function configFor(services: Record<string, SpawnedService[]>): Promise<string> {
  const config = parse(await readFile(resolve(folder, 'prometheus.yml'), 'utf8')) as ScrapeConfig & object;
  return JSON.stringify({
    ...config,
    global: { scrape_interval: '500ms', evaluation_interval: '500ms' },
    rule_files: [resolve(folder, 'rules.yml')],
    scrape_configs: config.scrape_configs.map(({ job_name }) => {
      const targets = (services[job_name] ?? []).map(({ internalUrl }) => new URL(internalUrl).host);
      return { job_name, static_configs: [{ targets }] };
    }),
  });
}

describe.skipIf(!programs)('with a real Prometheus', () => {
  let boxoffice: Boxoffice;
  let prometheus: Prometheus;
  const stream = new AbortController();
  beforeAll(async () => {
    boxoffice = await startBoxoffice();
    const { gateways, workers, catalog } = boxoffice;
    const services = {
      'boxoffice-gateway': gateways,
      'boxoffice-booking-worker': workers,
      'boxoffice-catalog': [catalog],
    };
    if (programs) prometheus = await startPrometheus(programs, await configFor(services));
    await eventually(async () => (await prometheus.query('up == 1')).length === 3);
    const show = await boxoffice.addShow();
    const streams = `${boxoffice.url}/api/shows/${show}/seats/events/`;
    await fetch(streams, { signal: stream.signal });
    // Events are counted when their stream ends.
    const { body } = await fetch(streams);
    const reader = body?.getReader();
    await reader?.read();
    await reader?.cancel();
    // Two rounds, a scrape apart: a rate takes two samples.
    for (const seat of ['A1', 'A2']) {
      await boxoffice.book(show, seat, { wait: 10 });
      await boxoffice.book(show, seat, { user: 2, wait: 10 });
      const { length } = await samples();
      await eventually(async () => (await samples()).length > length + 1);
    }
  });
  afterAll(async () => {
    stream.abort();
    await prometheus?.stop();
    await boxoffice?.stop();
  });

  const samples = async () => {
    const [range] = (await prometheus.query('service_ready{job="boxoffice-gateway"}[5m]')) as unknown as {
      values: unknown[];
    }[];
    return range?.values ?? [];
  };

  test('every rule evaluates without an error, and none fires in a healthy installation', async () => {
    const { groups } = await eventually(async () => {
      const loaded = await prometheus.get<{
        groups: { rules: { name: string; health: string; state: string; lastError?: string }[] }[];
      }>('/rules');
      if (loaded.groups.some(({ rules }) => rules.some(({ health }) => health === 'unknown')))
        throw new Error('not all have been evaluated');
      return loaded;
    });
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    for (const { name, health, state } of rules) expect({ name, health, state }).toMatchObject({ health: 'ok' });
    expect(rules.filter(({ state }) => state === 'firing')).toEqual([]);
  });

  test('every metric that the rules and the dashboard name exists', async () => {
    const names = new Set(await prometheus.get<string[]>('/label/__name__/values'));
    const rules = await readFile(resolve(folder, 'rules.yml'), 'utf8');
    const expressions = [...rules.matchAll(/expr: (?:\|\n)?([\s\S]+?)\n {8}(?:for|labels):/g)].map(
      ([, expr = '']) => expr,
    );
    expect(expressions.length).toBe(rules.match(/- alert:/g)?.length);
    // For these there is nothing to count yet.
    const later = new Set(['booking_outbox_relayed_total', 'payment_steps_total', 'payment_events_total']);
    for (const expr of [...expressions, ...queries.map((query) => query.expr)]) {
      const metrics = expr.match(/\b(?:booking|event|http|nodejs|payment|process|service)_[a-z0-9_]+\b/g) ?? ['up'];
      for (const metric of metrics) if (!later.has(metric)) expect([...names]).toContain(metric);
    }
  });

  test.each(queries)('$title: $expr', async ({ description, expr }) => {
    const result = await prometheus.query(expr);
    // Zero divided by zero is not a number: nobody has requested that route since the last scrape.
    const figures = result.filter(({ value }) => value[1] !== 'NaN');
    // A panel that may be empty says when.
    if (!/\bEmpty until\b/.test(description)) expect(figures.length).toBeGreaterThan(0);
  });
});
