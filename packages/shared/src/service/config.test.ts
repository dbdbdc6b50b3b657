import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, configVariables, loadConfig } from './config.ts';

const envExample = readFileSync(join(import.meta.dirname, '../../../../.env.example'), 'utf8');

test('.env.example lists every variable with its description and default', () => {
  const documented = [...envExample.matchAll(/^# (?<description>.+)\n# (?<name>[A-Z_]+)=(?<value>.*)$/gm)].map(
    (match) => match.groups,
  );
  expect(Object.fromEntries(documented.map((entry) => [entry?.name, entry?.description]))).toEqual(configVariables);

  const defaults = loadConfig(Object.fromEntries(Object.keys(configVariables).map((name) => [name, ''])));
  for (const { name, value } of documented as { name: keyof typeof defaults; value: string }[]) {
    const actual = defaults[name];
    if (name === 'DATA_DIR') expect(String(actual).endsWith(value)).toBe(true);
    else if (actual !== undefined) expect(value, name).toBe(String(actual));
  }
});

test('an invalid value is an error that names the variable, the reason and its purpose', () => {
  const load = () => loadConfig({ PORT: 'abc', BOOKING_PARTITIONS: '0', DATABASE_URL: 'mysql://x' });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/PORT: .*\(port of the gateway/);
  expect(load).toThrow(/BOOKING_PARTITIONS: /);
  expect(load).toThrow(/DATABASE_URL: /);
});
