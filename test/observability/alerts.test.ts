/** The alerting rules: their annotations and runbooks, and whether they fire when they should. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { promisify } from 'node:util';
import { prometheusForTests } from '@boxoffice/testing/prometheus';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Rules {
  groups: { rules: { alert: string; expr: string; annotations: Record<string, string> }[] }[];
}

const root = resolve(import.meta.dirname, '../..');
const folder = resolve(root, 'deploy/observability');
const programs = await prometheusForTests();
const { groups } = parse(await readFile(resolve(folder, 'rules.yml'), 'utf8')) as Rules;
const rules = groups.flatMap((group) => group.rules);

test.each(rules)('$alert says what it is about, and has a runbook', async ({ alert, annotations }) => {
  expect(annotations).toEqual({
    summary: expect.any(String),
    description: expect.any(String),
    runbook_url: `docs/runbooks/${alert}.md`,
  });
  const page = await readFile(resolve(root, annotations.runbook_url ?? ''), 'utf8');
  expect(page).toMatch(new RegExp(`^# ${alert}\n[\\s\\S]+\\*\\*See\\*\\*[\\s\\S]+\\*\\*Do\\*\\*`));
});

test('there is no runbook without an alert', () => {
  const pages = readdirSync(resolve(root, 'docs/runbooks')).map((file) => basename(file, '.md'));
  expect(pages.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

test.skipIf(!programs)('promtool: each alert fires for what it is about, and not before', async () => {
  const { promtool = '', env } = programs ?? {};
  const check = promisify(execFile);
  const options = { cwd: folder, env: { ...process.env, ...env } };
  await check(promtool, ['check', 'rules', 'rules.yml'], options);
  const tests = await check(promtool, ['test', 'rules', 'rules.test.yml'], options).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  expect(`${tests.stdout}${tests.stderr}`).toMatch(/^Unit Testing: +rules\.test\.yml\s+SUCCESS\s*$/);
});

test('every alert has a unit test in which it fires', async () => {
  const tests = await readFile(resolve(folder, 'rules.test.yml'), 'utf8');
  for (const { alert } of rules) expect(tests).toContain(`alertname="${alert}"`);
  expect(existsSync(resolve(folder, 'prometheus.yml'))).toBe(true);
});
