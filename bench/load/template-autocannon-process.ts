/** Runs autocannon with a template: reads options from the JSON file in its argument, prints the result as JSON. */
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';
import { waitSeconds } from '../workloads/workloads.ts';
import { type Answer, fill, shownLength, type TemplateLoad, type TemplateResult } from './template.ts';

const options = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Omit<TemplateLoad, 'signal'>;
const { path, shows, body, headers } = options.template;
const [seats, tokens] = [options.seatsFile, options.tokensFile].map((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== ''),
) as [string[], string[]];

let n = 0;
let booked = 0;
let refused = 0;
let others = 0;
let firstError: Answer | null = null;

const result = await autocannon({
  url: options.url,
  connections: options.connections,
  duration: Math.max(1, Math.round(options.seconds)),
  timeout: waitSeconds + 10,
  requests: [
    {
      setupRequest(request) {
        const show = shows[n % shows.length] ?? '';
        const seat = seats[n % seats.length] ?? '';
        const authorization = tokens[n % tokens.length];
        n++;
        return {
          ...request,
          method: 'POST',
          path: fill(path, show, seat),
          headers: { 'content-type': 'application/json', ...headers, ...(authorization && { authorization }) },
          body: fill(body, show, seat),
        };
      },
      onResponse(status, text) {
        if (status >= 200 && status < 300) booked++;
        else {
          if (status >= 400 && status < 500) refused++;
          else others++;
          firstError ??= { status, body: text.slice(0, shownLength) };
        }
      },
    },
  ],
});
const { p50, p99, p99_9, max } = result.latency;
const report: TemplateResult = {
  booked,
  refused,
  failed: others + result.errors,
  seconds: result.duration,
  latencyMs: { p50, p99, p999: p99_9, max },
  firstError,
};
console.log(JSON.stringify(report));
