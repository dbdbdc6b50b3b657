import { context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type pg from 'pg';

/**
 * A connection to PostgreSQL whose statements are recorded while a span is in progress. It records only what a statement
 * does, its duration and an error's SQLSTATE: SQL, parameters and messages may contain what people have typed.
 */
export function tracedClient(Client: typeof pg.Client, tracer: Tracer): typeof pg.Client {
  return class TracedClient extends Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      const query = this.query.bind(this) as (...parameters: unknown[]) => unknown;
      const traced = (...parameters: unknown[]) => {
        if (!trace.getActiveSpan()?.isRecording()) return query(...parameters);
        const startTime = Date.now();
        const result = query(...parameters);
        // With a callback there is no promise: pools use that for their own statements only.
        return result instanceof Promise ? record(tracer, summaryOf(parameters[0]), startTime, result) : result;
      };
      this.query = traced as typeof this.query;
    }
  };
}

function record<T>(tracer: Tracer, summary: string, startTime: number, result: Promise<T>): Promise<T> {
  const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': summary };
  const span = tracer.startSpan(summary, { kind: SpanKind.CLIENT, startTime, attributes }, context.active());
  return result.then(
    (rows) => {
      span.end();
      return rows;
    },
    (error: Error & { code?: string }) => {
      span.setAttribute('error.type', error.code ?? error.name);
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      throw error;
    },
  );
}

/** What a statement does: its name if it is prepared, otherwise its verb and its first table, e.g. `insert identity.users`. */
function summaryOf(query: unknown): string {
  const { name, text = '' } =
    typeof query === 'string' ? { text: query } : ((query ?? {}) as { name?: string; text?: string });
  if (name) return name;
  const verb = /^[\s(]*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? 'query';
  const tables = text.matchAll(/\b(?:from|into|update|join)\s+"?([a-z_]+)"?\."?([a-z_]+)"?/gi);
  const [table] = [...tables].map(([, schema, name]) => `${schema}.${name}`.toLowerCase());
  return table ? `${verb} ${table}` : verb;
}
