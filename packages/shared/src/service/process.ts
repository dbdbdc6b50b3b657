import type { Logger } from 'pino';
import type { Tracing } from '../tracing/tracing.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { createLogger } from './logging.ts';

/** A running service. */
export interface Running {
  /** Finishes the work in progress and closes every connection. Called once. */
  stop(): Promise<void>;
}

export interface ServiceContext {
  config: Config;
  logger: Logger;
  /** Undefined unless OTEL_EXPORTER_OTLP_ENDPOINT is set. */
  tracing: Tracing | undefined;
}

/** How long a graceful stop may take before the process exits anyway, in milliseconds. */
export const stopTimeoutMs = 9_000;

/**
 * Runs a service as a process: name in `ps`, configuration, signals, exit code. An invalid configuration is
 * logged as one sentence and exits with 78 (EX_CONFIG), which tells supervisors not to restart it.
 */
export async function runService(name: string, start: (context: ServiceContext) => Promise<Running>): Promise<void> {
  process.title = `boxoffice-${name}`;
  let logger: Logger | undefined;
  try {
    const config = loadConfig();
    logger = createLogger(name, config);
    const tracing = config.OTEL_EXPORTER_OTLP_ENDPOINT ? await openTracing(name) : undefined;
    const running = await start({ config, logger, tracing });
    stopOnSignal(running, logger, tracing);
  } catch (error) {
    const misconfigured = error instanceof ConfigError;
    (logger ?? createLogger(name, { LOG_LEVEL: 'info' })).fatal(misconfigured ? error.message : error);
    process.exit(misconfigured ? 78 : 1);
  }
}

/** Loads OpenTelemetry, which costs memory and start-up time, only if tracing is on. */
async function openTracing(name: string): Promise<Tracing> {
  const { openTracing } = await import('../tracing/open-tracing.ts');
  return openTracing(`boxoffice-${name}`);
}

function stopOnSignal(running: Running, logger: Logger, tracing: Tracing | undefined): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error('stopping timed out');
      process.exit(1);
    }, stopTimeoutMs).unref();
    const stopped = running.stop().finally(() => tracing?.stop());
    stopped.then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error(error, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
