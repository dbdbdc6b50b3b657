/** Reads server-sent events as a client would. */
import { request } from 'node:http';
import { eventually } from './eventually.ts';

interface ServerEvent {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it reads
  data: any;
  id?: string;
}

export interface EventReader {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Everything received, as text. */
  text: string;
  /** The events so far. */
  events: ServerEvent[];
  /** Waits for the next event, or for the next with this name, and returns it. */
  next(name?: string, timeoutMs?: number): Promise<ServerEvent>;
  /** Stops reading, but stays connected. */
  pause(): void;
  resume(): void;
  /** Disconnects. */
  close(): void;
  /** Resolves when the stream has ended, to true if the server ended it properly. */
  ended: Promise<boolean>;
}

/** Opens a stream; resolves when the response headers have arrived. */
export function readEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, agent: false });
    sent.once('error', reject);
    sent.once('response', (response) => {
      sent.on('error', () => undefined);
      let read = 0;
      let unread = '';
      const reader: EventReader = {
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: '',
        events: [],
        async next(name, timeoutMs = 10_000) {
          const index = await eventually(
            () => {
              const found = reader.events.findIndex((one, at) => at >= read && (!name || one.event === name));
              if (found < 0) throw new Error(`no ${name ?? 'event'} after ${JSON.stringify(reader.events.slice(-2))}`);
              return { found };
            },
            { timeoutMs, intervalMs: 5 },
          );
          read = index.found + 1;
          return reader.events[index.found] as ServerEvent;
        },
        pause: () => void response.pause(),
        resume: () => void response.resume(),
        close: () => sent.destroy(),
        ended: new Promise((done) => response.once('close', () => done(response.complete))),
      };
      response.on('error', () => undefined);
      response.setEncoding('utf8').on('data', (text: string) => {
        reader.text += text;
        unread += text;
        if (!text.endsWith('\n')) return; // inside an event, which may be large
        const blocks = unread.split('\n\n');
        unread = blocks.pop() ?? '';
        reader.events.push(...blocks.flatMap((block) => eventOf(block) ?? []));
      });
      resolve(reader);
    });
    sent.end();
  });
}

function eventOf(block: string): ServerEvent | null {
  const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
  const data = fields.get('data');
  if (data === undefined) return null;
  const id = fields.get('id');
  return { event: fields.get('event') ?? 'message', data: JSON.parse(data), ...(id !== undefined && { id }) };
}
