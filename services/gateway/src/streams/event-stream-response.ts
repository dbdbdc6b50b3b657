import { z } from 'zod';
import { eventBytes } from './event-stream.ts';

/**
 * The response of an operation that is an event stream, for its schema.
 *
 * @param events examples, one of each kind
 */
export function eventStreamResponse(description: string, events: { event: string; data: unknown; id?: string }[]) {
  const text = `retry: 2000\n\n${events.map(({ event, data, id }) => eventBytes(event, data, id)).join('')}`;
  return {
    description,
    content: { 'text/event-stream': { schema: z.string(), examples: { events: { value: text } } } },
  };
}
