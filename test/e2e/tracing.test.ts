/** Traces, as an OpenTelemetry collector receives them from running services. */
import { randomBytes } from 'node:crypto';
import { freePort } from '@boxoffice/local-servers/free-port';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '@boxoffice/testing/otlp-receiver';
import { spawnService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

let receiver: OtlpReceiver;
let boxoffice: Boxoffice;
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  boxoffice = await startBoxoffice({ env: receiver.env });
});
afterAll(async () => {
  await boxoffice.stop();
  receiver.close();
});

/** Waits until these spans of a trace have arrived, and returns the whole trace. */
function traceWith(names: string[], isOurs: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan[]> {
  return eventually(() => {
    const { traceId } = receiver.spans.find(isOurs) ?? {};
    const spans = receiver.spans.filter((span) => span.traceId === traceId);
    for (const name of names) if (!spans.some((span) => span.name === name)) throw new Error(`no ${name} yet`);
    return spans;
  });
}

const bookRoute = 'POST /api/shows/:id/book/';
const nameOfParent = (span: ReceivedSpan | undefined, spans: ReceivedSpan[]) =>
  spans.find(({ spanId }) => spanId === span?.parentSpanId)?.name;
const named = (spans: ReceivedSpan[], name: string) => spans.find((span) => span.name === name);

test('a booking is one trace: request, queue, turn, its SQL, and the outcome', async () => {
  const show = await boxoffice.addShow();
  const { status, body } = await boxoffice.book(show, 'A1', { wait: 10 });
  expect(status).toBe(201);
  const names = [bookRoute, 'queue book', 'turn', 'decide book', 'read state', 'book', 'commit'];
  const spans = await traceWith(names, ({ attributes }) => attributes['boxoffice.job'] === body.id);

  const of = (name: string) => named(spans, name);
  expect(of(bookRoute)).toMatchObject({ service: 'boxoffice-gateway', parentSpanId: '', failed: false });
  expect(of(bookRoute)?.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/api/shows/:id/book/',
    'http.response.status_code': 201,
  });
  expect(of('queue book')?.service).toBe('boxoffice-gateway');
  expect(nameOfParent(of('queue book'), spans)).toBe(bookRoute);
  expect(of('turn')?.service).toBe('boxoffice-booking-worker');
  expect(nameOfParent(of('turn'), spans)).toBe('queue book');
  for (const name of names.slice(-3)) expect(nameOfParent(of(name), spans)).toBe('turn');
  expect(nameOfParent(of('decide book'), spans)).toBe('queue book');
  expect(of('decide book')).toMatchObject({
    attributes: { 'boxoffice.outcome': 'succeeded' },
    links: [{ spanId: of('turn')?.spanId }],
  });
  // The show's facts were not cached yet.
  expect(
    nameOfParent(
      spans.find(({ service, name }) => service === 'boxoffice-catalog' && name.startsWith('GET')),
      spans,
    ),
  ).toBe(bookRoute);
  const log = await boxoffice.workers[0]?.waitForLog(new RegExp(`"trace_id":"${of('turn')?.traceId}".*"decided"`));
  expect(log).toContain(body.id);
});

test('requests of one turn keep their own traces, and the turn is linked to all of them', async () => {
  const [blocked = 0, one = 0, other = 0] = [
    await boxoffice.addShow(),
    await boxoffice.addShow(),
    await boxoffice.addShow(),
  ];
  const gate = await closeShow(boxoffice.orm, blocked);
  const first = boxoffice.book(blocked, 'A1', { wait: 20 });
  await gate.reached(1);
  // While a turn is in progress, the envelopes of the other partitions gather for the next one.
  const next = [one, other].map((show, index) => boxoffice.book(show, 'A1', { user: 2 + index, wait: 20 }));
  await eventually(async () => {
    for (const show of [one, other])
      if (!receiver.spans.some(({ attributes }) => attributes['boxoffice.show'] === show)) return false;
    return !/^booking_queue_jobs\{.*\} [1-9]/m.test(await boxoffice.metrics());
  });
  await gate.open();
  const ids = (await Promise.all([first, ...next])).map(({ body }) => body.id);
  const [decidedFirst, ...decidedNext] = await eventually(() => {
    const found = ids.map((id) =>
      receiver.spans.find(({ name, attributes }) => name === 'decide book' && attributes['boxoffice.job'] === id),
    );
    if (found.includes(undefined)) throw new Error('not all have arrived');
    return found as ReceivedSpan[];
  });
  const turnOf = (span: ReceivedSpan | undefined) => span?.links[0]?.spanId;
  const [turnId, ...others] = [...new Set(decidedNext.map(turnOf))];
  expect(others).toEqual([]);
  expect(turnId).not.toBe(turnOf(decidedFirst));
  const turn = receiver.spans.find(({ spanId }) => spanId === turnId);
  const causes = [turn?.parentSpanId, ...(turn?.links ?? []).map(({ spanId }) => spanId)];
  expect(causes.toSorted()).toEqual(decidedNext.map(({ parentSpanId }) => parentSpanId).toSorted());
  expect(new Set([decidedFirst, ...decidedNext].map((span) => span?.traceId)).size).toBe(3);
});

test('spans contain nothing about people: no names, email addresses, passwords, tokens, query strings or parameters', async () => {
  const person = { username: 'mallory', email: 'mallory@example.com', password: 'correct horse battery' };
  await boxoffice.call('/api/auth/signup/', { method: 'POST', body: person });
  await boxoffice.call('/api/movies/?search=unusual-title&token=abcdef', { user: 1 });
  const missing = await boxoffice.call('/api/movies/nobody-knows/?q=1');
  expect(missing.status).toBeGreaterThanOrEqual(400);
  const names = ['POST /api/auth/signup/', 'GET /api/movies/', 'GET /api/movies/:id/', 'insert identity.users'];
  await eventually(() => {
    for (const name of names) if (!named(receiver.spans, name)) throw new Error(`no ${name} yet`);
    return true;
  });
  const everything = receiver.bodies.join();
  const token = boxoffice.token(1).split('.').at(-1) ?? '';
  for (const secret of [...Object.values(person), 'unusual-title', 'abcdef', 'nobody-knows', token, '127.0.0.1'])
    expect(everything).not.toContain(secret);
});

test('only sampled requests are recorded, and only a trusted proxy may decide which', async () => {
  const none = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
  const [open, behindProxy] = await Promise.all([
    boxoffice.addGateway(none),
    boxoffice.addGateway({ ...none, TRUST_PROXY: '1' }),
  ]);
  const traceId = randomBytes(16).toString('hex');
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
  const show = await boxoffice.addShow();
  await boxoffice.book(show, 'B1', { wait: 10, headers, gateway: open });
  await boxoffice.book(show, 'B2', { wait: 10, gateway: behindProxy });
  const { body } = await boxoffice.book(show, 'B3', { wait: 10, headers, gateway: behindProxy });
  await traceWith([bookRoute, 'turn', 'commit'], ({ attributes }) => attributes['boxoffice.job'] === body.id);
  await Promise.all([open.stop(), behindProxy.stop()]); // this exports the remaining spans
  const ofShow = receiver.spans.filter(({ attributes }) => attributes['boxoffice.show'] === show);
  expect(ofShow.map((span) => [span.traceId, span.attributes['boxoffice.job']])).toEqual([[traceId, body.id]]);
});

test('requests without a parent are sampled once, at OTEL_TRACES_SAMPLER_ARG', async () => {
  const sampler = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.5' };
  const gateway = await boxoffice.addGateway({ ...sampler, OTEL_SERVICE_NAME: 'half' });
  for (let i = 0; i < 40; i++)
    await Promise.all(Array.from({ length: 10 }, () => boxoffice.call('/api/shows/1/', { gateway })));
  await gateway.stop(); // this exports the remaining spans
  const recorded = receiver.spans.filter(({ service, name }) => service === 'half' && name.startsWith('GET /api/'));
  // Within six standard deviations: a fair coin falls outside once in a billion runs.
  expect(recorded.length).toBeGreaterThan(140);
  expect(recorded.length).toBeLessThan(260);
});

test('without a collector, the SDK of OpenTelemetry is not loaded', async () => {
  const report =
    'import{registerHooks}from"node:module";registerHooks({resolve(s,c,n){const r=n(s,c);' +
    'if(r.url.includes("/@opentelemetry/"))console.log("loads "+r.url);return r}})';
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(report)}`;
  const start = async (env: Record<string, string>) => {
    const CATALOG_PORT = String(await freePort());
    const service = await spawnService('catalog', { ...boxoffice.environment, CATALOG_PORT, NODE_OPTIONS, ...env });
    onTestFinished(async () => {
      await service.stop();
    });
    // prom-client loads the API, which does nothing without an SDK.
    return service.logs.filter((line) => line.startsWith('loads ') && !line.includes('/@opentelemetry/api/'));
  };
  const [off, on] = await Promise.all([start({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }), start({})]);
  expect(off).toEqual([]);
  expect(on).not.toEqual([]);
});
