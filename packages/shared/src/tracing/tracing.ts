/**
 * Distributed tracing as the services use it. Only types: without OTEL_EXPORTER_OTLP_ENDPOINT a service has no `Tracing`
 * at all, and does not load OpenTelemetry's SDK.
 */
import type pg from 'pg';
import type { Http } from '../service/http-type.ts';

/** A span's attributes. Nothing that identifies a person or gives access: no names, addresses, tokens or parameters. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  kind: 'internal' | 'producer' | 'consumer';
  /**
   * The spans that this one follows from, each as a W3C `traceparent`: the first is its parent, the others are linked.
   * At least one.
   */
  causes: readonly string[];
  attributes?: Attributes;
  /** When it began, in milliseconds since 1970; default: now. */
  startedAt?: number;
}

/** A span that is recorded. */
export interface Span {
  /** Identifies the span to others, in this process or another. */
  readonly traceparent: string;
  /** Runs work whose SQL statements belong to this span. Does not end it. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** @param error why it failed, if it did */
  end(error?: unknown): void;
}

export interface Tracing {
  /**
   * Makes a server begin a span for each sampled request.
   *
   * @param options.trustsCallers whether a caller's `traceparent` is continued, and its sampling decision followed
   */
  traceRequests(http: Http, options: { trustsCallers: boolean }): void;
  /** The `traceparent` of the request that is being served, if it is sampled. */
  current(): string | undefined;
  start(name: string, options: SpanOptions): Span;
  /** A database connection that records its statements while a sampled request or turn is in progress. */
  tracedClient(Client: typeof pg.Client): typeof pg.Client;
  /** Exports what has been recorded, within a second, and stops. */
  stop(): Promise<void>;
}
