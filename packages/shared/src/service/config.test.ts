import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, configVariables, loadConfig } from './config.ts';

const envExample = readFileSync(join(import.meta.dirname, '../../../../.env.example'), 'utf8');

test('.env.example names every variable, with its sentence and its default', () => {
  const documented = [...envExample.matchAll(/^# (?<sentence>.+)\n# (?<name>[A-Z_]+)=(?<value>.*)$/gm)].map(
    (match) => match.groups,
  );
  expect(Object.fromEntries(documented.map((entry) => [entry?.name, entry?.sentence]))).toEqual(configVariables);

  const defaults = loadConfig(Object.fromEntries(Object.keys(configVariables).map((name) => [name, ''])));
  for (const { name, value } of documented as { name: keyof typeof defaults; value: string }[]) {
    const standing = defaults[name];
    if (name === 'DATA_DIR') expect(String(standing).endsWith(value)).toBe(true);
    else if (standing !== undefined) expect(value, name).toBe(String(standing));
  }
});

test('an unusable value stops the start and names the variable, what is wrong and what it is for', () => {
  const load = () => loadConfig({ PORT: 'abc', BOOKING_PARTITIONS: '0', DATABASE_URL: 'mysql://x' });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/PORT: .*\(port of the gateway/);
  expect(load).toThrow(/BOOKING_PARTITIONS: /);
  expect(load).toThrow(/DATABASE_URL: /);
});
