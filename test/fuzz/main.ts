/** `pnpm fuzz`: a fuzzing campaign against the whole system, with the table of its responses at the end. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const help = `pnpm fuzz: sends malformed requests to every operation and page, and malformed HTTP

  --requests <n>   how many; default 200000
  --seed <n>       repeats a campaign; default: a new one
`;

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { requests: text, seed: text, help: { type: 'boolean' } } });
if (values.help) {
  console.log(help);
  process.exit();
}
const fuzz = {
  requests: Number(values.requests ?? 200_000),
  seed: Number(values.seed ?? Math.floor(Math.random() * 1e9)),
};
if (!(fuzz.requests > 0) || !Number.isInteger(fuzz.seed)) {
  console.error(help);
  process.exit(2);
}
// As a test, because it needs the servers and the Boxoffice that tests start.
const vitest = await startVitest('test', ['test/fuzz/fuzz.test.ts'], {
  root: resolve(import.meta.dirname, '../..'),
  provide: { fuzz },
  watch: false,
  disableConsoleIntercept: true,
});
await vitest.close();
