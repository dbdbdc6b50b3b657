import { type Context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';

/** Formats a span's identity as W3C Trace Context does. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Reads what `traceparentOf` has written; null for anything else. */
export function parseTraceparent(text: string): SpanContext | null {
  const [, traceId, spanId, flags = ''] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(text) ?? [];
  return traceId && spanId ? { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } : null;
}

/** The context in which a span is a child of this one. */
export function contextOf(parent: SpanContext | null | undefined): Context {
  return parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}
