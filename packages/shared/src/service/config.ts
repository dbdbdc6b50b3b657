/**
 * The only reader of `process.env`. `.env.example` repeats the variables' descriptions and defaults, and a test compares
 * them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEnvFile } from 'node:process';
import { Config, root } from './config-variables.ts';
import { findDevelopmentSecrets } from './development-secrets.ts';

export type { Config } from './config-variables.ts';

/** Every variable with its description. */
export const configVariables: Record<string, string> = Object.fromEntries(
  Object.entries(Config.shape).map(([name, schema]) => [name, schema.description ?? '']),
);

export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads the configuration from the environment, and from `.env` in the project's root, which the environment
 * overrides. The value of a variable may also be in a file that `<name>_FILE` names, as Docker's secrets are.
 *
 * @throws {ConfigError} naming every variable with an invalid value, and why
 */
export function loadConfig(overrides: Record<string, string | undefined> = {}): Config {
  const file = join(root, '.env');
  if (existsSync(file)) loadEnvFile(file);
  const environment = { ...process.env, ...overrides };
  const set = Object.keys(Config.shape).flatMap((name) => {
    // Set but empty means none: this is how a process is denied a secret that is in the environment or in `.env`.
    const value = environment[name] ?? secretIn(environment[`${name}_FILE`], name);
    return value ? [[name, value]] : [];
  });
  const parsed = Config.safeParse(Object.fromEntries(set));
  if (parsed.success) {
    if (parsed.data.NODE_ENV === 'production') refuseDevelopmentSecrets(parsed.data);
    return parsed.data;
  }
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `  ${name}: ${issue.message} (${configVariables[name]})`;
  });
  throw new ConfigError(`The environment has invalid values:\n${lines.join('\n')}`);
}

function secretIn(file: string | undefined, name: string): string | undefined {
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`${name}_FILE cannot be read: ${(error as Error).message}`);
  }
}

/** @throws {ConfigError} naming every secret that others may know or guess */
function refuseDevelopmentSecrets(config: Config): void {
  const names = findDevelopmentSecrets(config);
  if (names.length === 0) return;
  throw new ConfigError(
    `Production refuses secrets from development, which others may know, and weak or missing ones: change the one in ${names.join(', in ')} ` +
      '(`openssl rand -hex 32` prints a good one).',
  );
}

/**
 * The value of a variable that this process requires.
 *
 * @throws {ConfigError} when it is not set
 */
export function required(config: Config, name: 'DATABASE_URL' | 'REDIS_URL'): string {
  const value = config[name];
  if (!value)
    throw new ConfigError(
      `${name} is not set: ${configVariables[name]}. Copy .env.example to .env, or run \`pnpm start\`.`,
    );
  return value;
}
