import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { fault, ProblemError } from './errors.ts';
import { readStream, type StreamUpdate } from './streams.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Responds to each request with the next of these texts, then with silence; records the Last-Event-ID of each request. */
function serverOf(...responses: (string | ProblemError)[]) {
  const lastEventIds: string[] = [];
  const open = async (lastEventId: string, signal: AbortSignal) => {
    lastEventIds.push(lastEventId);
    const response = responses.shift() ?? '';
    if (response instanceof ProblemError) throw response;
    return new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(response));
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
  };
  return { open, lastEventIds };
}

/** Reads for this long, by the fake clock. */
async function read(open: Parameters<typeof readStream>[0], forMs: number): Promise<StreamUpdate[]> {
  const updates: StreamUpdate[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const update of readStream(open, stop.signal)) updates.push(update);
  })();
  await vi.advanceTimersByTimeAsync(forMs);
  stop.abort();
  await reading;
  return updates;
}

test('a silent stream is reopened after the last event that was read', async () => {
  const { open, lastEventIds } = serverOf(
    'retry: 1000\n\nid: 7\nevent: change\ndata: 1\n\n',
    'event: unavailable\ndata: {"code": "catalog_unavailable"}\n\n',
  );
  const updates = await read(open, 2 * 41_500);
  expect(updates.map(({ kind }) => kind)).toEqual(['open', 'event', 'away', 'open', 'away', 'away', 'open']);
  expect(updates[2]).toMatchObject({ reason: { name: 'NoAnswerError', message: 'The server has gone silent' } });
  expect(updates[4]).toMatchObject({ reason: { code: 'catalog_unavailable' } });
  expect(lastEventIds).toEqual(['', '7', '7']);
});

test('a transient refusal is retried after Retry-After; any other refusal ends the stream', async () => {
  const { open, lastEventIds } = serverOf(
    new ProblemError(fault(503, 'Not now.'), 5_000),
    new ProblemError(fault(404, 'Nothing.')),
  );
  const stream = readStream(open);
  expect(await stream.next()).toMatchObject({ value: { kind: 'away', reason: { status: 503 } } });
  const refused = expect(stream.next()).rejects.toThrow('Nothing.');
  await vi.advanceTimersByTimeAsync(4_900);
  expect(lastEventIds.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1_200);
  await refused;
});
