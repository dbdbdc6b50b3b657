import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { fault, ProblemError } from './errors.ts';
import { type News, readStream } from './streams.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Answers each time with the next of these texts, and then with silence; hears behind which event it was asked to go on. */
function serverOf(...answers: (string | ProblemError)[]) {
  const askedBehind: string[] = [];
  const open = async (lastEventId: string, signal: AbortSignal) => {
    askedBehind.push(lastEventId);
    const answer = answers.shift() ?? '';
    if (answer instanceof ProblemError) throw answer;
    return new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(answer));
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
    });
  };
  return { open, askedBehind };
}

/** Reads until the signal, and lets that much time pass. */
async function read(open: Parameters<typeof readStream>[0], forMs: number): Promise<News[]> {
  const news: News[] = [];
  const stop = new AbortController();
  const reading = (async () => {
    for await (const one of readStream(open, stop.signal)) news.push(one);
  })();
  await vi.advanceTimersByTimeAsync(forMs);
  stop.abort();
  await reading;
  return news;
}

test('a stream that has fallen silent is opened again, behind what was read last', async () => {
  const { open, askedBehind } = serverOf(
    'retry: 1000\n\nid: 7\nevent: change\ndata: 1\n\n',
    'event: unavailable\ndata: {"code": "catalog_unavailable"}\n\n',
  );
  const news = await read(open, 2 * 41_500);
  expect(news.map(({ kind }) => kind)).toEqual(['open', 'event', 'away', 'open', 'away', 'away', 'open']);
  expect(news[2]).toMatchObject({ reason: { name: 'NoAnswerError', message: 'The server has fallen silent' } });
  expect(news[4]).toMatchObject({ reason: { code: 'catalog_unavailable' } });
  expect(askedBehind).toEqual(['', '7', '7']);
});

test('"not now" is tried again after Retry-After; any other refusal ends it', async () => {
  const { open, askedBehind } = serverOf(
    new ProblemError(fault(503, 'Not now.'), 5_000),
    new ProblemError(fault(404, 'Nothing.')),
  );
  const stream = readStream(open);
  expect(await stream.next()).toMatchObject({ value: { kind: 'away', reason: { status: 503 } } });
  const refused = expect(stream.next()).rejects.toThrow('Nothing.');
  await vi.advanceTimersByTimeAsync(4_900);
  expect(askedBehind.length).toBe(1);
  await vi.advanceTimersByTimeAsync(1_200);
  await refused;
});
