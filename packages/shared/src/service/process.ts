import type { Logger } from 'pino';
import { PartitionCountError } from '../partition.ts';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { createLogger } from './logging.ts';

/** What a running service can be asked to do. */
export interface Running {
  /** Finishes what is under way and lets go of everything; called once. */
  stop(): Promise<void>;
}

/** A stop that takes longer than this is ended, in milliseconds. */
const stopTimeoutMs = 9_000;

/**
 * Runs a service as a process: name in `ps`, configuration, signals, exit code. A wrong configuration
 * is one sentence and exit code 78 (EX_CONFIG), which nobody should try again.
 */
export async function runService(
  name: string,
  start: (context: { config: Config; logger: Logger }) => Promise<Running>,
): Promise<void> {
  process.title = `boxoffice-${name}`;
  let logger: Logger | undefined;
  try {
    const config = loadConfig();
    logger = createLogger(name, config);
    const running = await start({ config, logger });
    stopOnSignal(running, logger);
  } catch (error) {
    const misconfigured = error instanceof ConfigError || error instanceof PartitionCountError;
    (logger ?? createLogger(name, { LOG_LEVEL: 'info' })).fatal(misconfigured ? (error as Error).message : error);
    process.exit(misconfigured ? 78 : 1);
  }
}

function stopOnSignal(running: Running, logger: Logger): void {
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    setTimeout(() => {
      logger.error('stopping took too long');
      process.exit(1);
    }, stopTimeoutMs).unref();
    running.stop().then(
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
