/** The part of autocannon that is used here. */
declare module 'autocannon' {
  type Context = Record<string, unknown>;
  interface Outgoing {
    method?: string;
    path?: string;
    headers?: Record<string, string>;
    body?: string | undefined;
  }
  interface Step {
    setupRequest(request: Outgoing, context: Context): Outgoing;
    onResponse?(status: number, body: string, context: Context): void;
  }
  interface Options {
    url: string;
    connections: number;
    /** Seconds. */
    duration?: number;
    /** Requests, instead of a duration. */
    amount?: number;
    /** Seconds. */
    timeout: number;
    requests: Step[];
  }
  interface Result {
    /** Seconds. */
    duration: number;
    errors: number;
    non2xx: number;
    requests: { total: number };
    /** Milliseconds. */
    latency: { p50: number; p99: number; p99_9: number; max: number };
  }
  export default function autocannon(options: Options): PromiseLike<Result>;
  export type { Step };
}
