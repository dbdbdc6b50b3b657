import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';

/** Logs one JSON line per event to standard output. Tokens and passwords are redacted. */
export function createLogger(service: string, config: Pick<Config, 'LOG_LEVEL'>): Logger {
  return pino({
    level: config.LOG_LEVEL,
    base: { service, pid: process.pid },
    formatters: { level: (label) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.access', '*.refresh'],
      censor: '[redacted]',
    },
  });
}
export type { Logger };
