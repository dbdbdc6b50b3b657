/** A restriction that the operators should know of, although the service is ready. */
export interface HealthWarning {
  warning: string;
}

/** Probes one dependency; rejects when it does not respond. It may resolve with a `HealthWarning`. */
export type HealthCheck = () => Promise<unknown>;

/** A health check that takes longer than this has failed, in milliseconds. */
const healthTimeoutMs = 1_000;

interface CheckResult {
  state: 'ok' | 'degraded' | 'unavailable';
  detail: string;
}

/** The readiness of a service: whether all its dependencies respond and it is not closing. */
export class Health {
  readonly #checks: Record<string, HealthCheck>;
  #stopping = false;
  #results: Promise<(readonly [string, CheckResult])[]> | undefined;

  constructor(checks: Record<string, HealthCheck>) {
    this.#checks = checks;
  }

  stop(): void {
    this.#stopping = true;
  }

  /**
   * The status code and body of a response.
   *
   * @param show details say what is wrong with a dependency, in words that are meant for the operators alone
   */
  async report(show: 'state' | 'detail'): Promise<{ code: 200 | 503; body: object }> {
    // Probes that arrive together share one round of checks.
    this.#results ??= this.#runAll().finally(() => {
      this.#results = undefined;
    });
    const results = await this.#results;
    const ready = !this.#stopping && results.every(([, { state }]) => state !== 'unavailable');
    const status = ready ? 'ready' : this.#stopping ? 'stopping' : 'not ready';
    const checks = Object.fromEntries(results.map(([name, result]) => [name, result[show]]));
    return { code: ready ? 200 : 503, body: { status, checks } };
  }

  #runAll(): Promise<(readonly [string, CheckResult])[]> {
    return Promise.all(Object.entries(this.#checks).map(async ([name, check]) => [name, await run(check)] as const));
  }
}

async function run(check: HealthCheck): Promise<CheckResult> {
  try {
    const timeout = new Promise((_, reject) =>
      setTimeout(() => reject(new Error('no response')), healthTimeoutMs).unref(),
    );
    const result = await Promise.race([check(), timeout]);
    const warning = (result as Partial<HealthWarning> | null | undefined)?.warning;
    return warning ? { state: 'degraded', detail: warning } : { state: 'ok', detail: 'ok' };
  } catch (error) {
    return { state: 'unavailable', detail: (error as Error).message || (error as Error).name };
  }
}
