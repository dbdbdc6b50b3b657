/** `pnpm capacity`: how many processes a load needs, computed from the measured CPU time of a booking. */
import { parseArgs } from 'node:util';
import { explain, PlainError } from '@boxoffice/local-servers/plain-error';
import { Cleanup } from '../systems/cleanup.ts';
import { measureCapacity } from './measure.ts';
import { kinds, measurementsFile, readMeasurements, writeMeasurements } from './measurements.ts';
import type { Pins } from './pin.ts';
import { describePlan } from './report.ts';

const help = `
Computes how many gateways, booking-workers, Redis servers and cores of PostgreSQL a load needs, what that rests on, and
where the first ceiling is. docs/capacity.md explains the figures.

  pnpm capacity --bookings-per-second 100000 --viewers 1000000

  --bookings-per-second <number>  peak, winners and losers together (1000)
  --viewers <number>              people who watch seat maps at the same time (0)
  --changes-per-second <number>   changes of a seat map that its viewers see per second (1)
  --utilisation <percent>         of a core that may be used on average (60)
  --postgres-cores <number>       of the largest database server available (64)
  --measurements <file>           instead of those in the repository (bench/capacity/measurements.json)

Measures this machine first, on servers of its own, for a minute or two:

  pnpm capacity --measure
  pnpm capacity --measure --gateways 2 --workers 2 --pin gateway=0+1,worker=0+1 --measurements two.json

  --measure                       measures, and writes the file of --measurements
  --gateways, --workers <number>  processes (1)
  --pin <kind=cores,…>            binds gateway, worker, catalog, redis, postgres or load to cores, with taskset;
                                  several cores, as 0+1, are dealt out to the processes of a kind
  --seconds <number>              length of each run (8)
  --connections <number>          (256)
  --audience <number>             viewers of the seat map whose events are measured (1000)
`.trim();

const { values } = parseArgs({
  options: {
    'bookings-per-second': { type: 'string', default: '1000' },
    viewers: { type: 'string', default: '0' },
    'changes-per-second': { type: 'string', default: '1' },
    utilisation: { type: 'string', default: '60' },
    'postgres-cores': { type: 'string', default: '64' },
    measurements: { type: 'string', default: measurementsFile },
    measure: { type: 'boolean', default: false },
    gateways: { type: 'string', default: '1' },
    workers: { type: 'string', default: '1' },
    pin: { type: 'string', default: '' },
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '256' },
    audience: { type: 'string', default: '1000' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

process.title = 'boxoffice-capacity';
process.setMaxListeners(0); // each child process adds a listener that kills it if this process exits
process.exit(await main());

async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  const cleanup = new Cleanup();
  try {
    if (values.help) console.log(help);
    else if (values.measure) return await measure(cleanup, stopping.signal);
    else console.log(describePlan(readMeasurements(values.measurements), demand()));
    return 0;
  } catch (error) {
    console.error(stopping.signal.aborted ? '\nstopped' : explain(error));
    return 1;
  } finally {
    await cleanup.run();
  }
}

async function measure(cleanup: Cleanup, signal: AbortSignal): Promise<number> {
  const options = {
    gateways: positive('gateways'),
    workers: positive('workers'),
    pins: readPins(values.pin),
    seconds: positive('seconds'),
    connections: positive('connections'),
    viewers: positive('audience'),
  };
  const { problems, ...measured } = await measureCapacity(options, cleanup, signal);
  writeMeasurements(measured, values.measurements);
  console.log(describePlan(measured, demand()));
  for (const problem of problems) console.log(`✗ ${problem}`);
  return problems.length === 0 ? 0 : 1;
}

function demand() {
  return {
    bookingsPerSecond: positive('bookings-per-second'),
    viewers: number('viewers'),
    changesPerSecond: number('changes-per-second'),
    utilisation: positive('utilisation') / 100,
    postgresCores: positive('postgres-cores'),
  };
}

/** @throws {PlainError} when it is not a number from 0 */
function number(name: keyof typeof values): number {
  const text = String(values[name]).replaceAll(/[,_]/g, '');
  const figure = Number(text);
  if (text !== '' && Number.isFinite(figure) && figure >= 0) return figure;
  throw new PlainError(`--${name} must be a number, not "${text}".`);
}

function positive(name: keyof typeof values): number {
  const figure = number(name);
  if (figure > 0) return figure;
  throw new PlainError(`--${name} must be above 0.`);
}

/** @throws {PlainError} naming what cannot be bound */
function readPins(text: string): Pins {
  const pins = text.split(',').filter(Boolean);
  return Object.fromEntries(
    pins.map((one) => {
      const [kind = '', cores = ''] = one.split('=');
      if ([...kinds, 'load'].includes(kind) && /^\d+(\+\d+)*$/.test(cores)) return [kind, cores];
      throw new PlainError(`--pin takes kinds and cores, such as gateway=0,worker=1, not "${one}".`);
    }),
  );
}
