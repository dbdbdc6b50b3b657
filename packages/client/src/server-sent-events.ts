import { createParser } from 'eventsource-parser';

/** One event of a stream (HTML Standard, 9.2). */
export interface ServerSentEvent {
  event: string;
  data: string;
  /** The last id that the stream sent, with this event or an earlier one. */
  id: string;
}

/** An event larger than this ends the stream, in characters: ten times the largest seat map. */
const eventSizeLimit = 8 * 1024 * 1024;

/**
 * Parses a stream of server-sent events. Cancels the stream when the caller stops iterating.
 *
 * @param onChunk called whenever bytes arrive, comments included
 * @param onRetry called with the reconnection delay that the server asks for, in milliseconds
 * @throws what reading the stream throws; a ParseError when an event is too large
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  { onChunk, onRetry }: { onChunk?: () => void; onRetry?: (retryMs: number) => void } = {},
): AsyncGenerator<ServerSentEvent> {
  const parsed: ServerSentEvent[] = [];
  let id = '';
  const parser = createParser({
    maxBufferSize: eventSizeLimit,
    onId: (next) => {
      id = next;
    },
    onEvent: ({ event = 'message', data }) => parsed.push({ event, data, id }),
    onRetry,
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onChunk?.();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* parsed.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
