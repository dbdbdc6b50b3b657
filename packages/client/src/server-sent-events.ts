/** One event of a stream (HTML Standard, 9.2). */
export interface ServerSentEvent {
  event: string;
  data: string;
  /** Of this event or the last before it that had one. */
  id: string;
}

/**
 * Reads server-sent events, wherever the chunks are cut.
 *
 * @param onChunk told of every sign of life
 * @param onRetry told how long to wait before coming again, in milliseconds
 * @throws what reading throws
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  { onChunk = () => {}, onRetry = () => {} }: { onChunk?: () => void; onRetry?: (retryMs: number) => void } = {},
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let unread = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // What is not followed by an empty line is half an event.
      if (done) return;
      onChunk();
      // A carriage return at the very end may be half of a line's end.
      const lines = (unread + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r(?!$)/);
      unread = lines.pop() ?? '';
      for (const line of lines) {
        const [, field = '', text = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
        if (line === '') {
          if (data.length) yield { event: event || 'message', data: data.join('\n'), id };
          event = '';
          data = [];
        } else if (field === 'data') data.push(text);
        else if (field === 'event') event = text;
        else if (field === 'id') id = text;
        else if (field === 'retry' && /^\d+$/.test(text)) onRetry(Number(text));
      }
    }
  } finally {
    // Whoever reads no further lets the connection go.
    await reader.cancel().catch(() => undefined);
  }
}
