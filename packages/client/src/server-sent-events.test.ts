import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.ts';

const text = `: a comment\r\nretry: 1500\n\nid: 1\nevent: job\ndata: {"a": "ü€😀"}\n\n:\n\ndata:first\rdata: second\r\rid\nevent: x\r\n\r\ndata\n\ndata: half an event`;
const events = [
  { event: 'job', data: '{"a": "ü€😀"}', id: '1' },
  { event: 'message', data: 'first\nsecond', id: '1' },
  { event: 'message', data: '', id: '' },
];

async function read(chunks: Uint8Array[]) {
  const read: ServerSentEvent[] = [];
  const retries: number[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  for await (const event of readServerSentEvents(body, { onRetry: (ms) => retries.push(ms) })) read.push(event);
  return { read, retries };
}

test('events are the same however the stream is cut into chunks', async () => {
  const bytes = new TextEncoder().encode(text);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, index) => bytes.slice(at[index], end));
      expect(await read(chunks)).toEqual({ read: events, retries: [1_500] });
    }),
    { numRuns: 500, examples: [[Array.from(bytes.keys())]] },
  );
});

test('the stream is cancelled when the caller stops iterating', async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const { data } of readServerSentEvents(body)) if (data === '1') break;
  expect(cancelled).toBe(true);
});

test('an endless event is refused before it fills the memory', async () => {
  const chunk = new TextEncoder().encode(`data: ${'x'.repeat(2 ** 20)}\n`);
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += chunk.length;
      controller.enqueue(chunk);
    },
  });
  await expect(readServerSentEvents(body).next()).rejects.toThrow('max buffer size');
  expect(sent).toBeLessThan(20 * 2 ** 20);
});
