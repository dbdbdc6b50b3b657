/** Bookings of one show or several, sent from a template to Boxoffice and to any other system alike. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { parseSeats, type Seats, writeSeats } from '../load/seats.ts';
import type { Template, TemplateResult } from '../load/template.ts';
import type { Peer } from '../peer-options.ts';
import type { System } from '../systems/system.ts';
import { waitSeconds } from '../workloads/workloads.ts';
import { checkRun } from './check-run.ts';
import { formatAnswer } from './probe-peer.ts';
import { type Bench, checkpoint } from './run-case.ts';

export interface PeerRun extends TemplateResult {
  /** Violations found in the database, a sentence each. */
  problems: string[];
}

interface LoadSize {
  connections: number;
  seconds: number;
}

/** Something that sells seats, and its next run. */
export interface Side {
  run(size: LoadSize): Promise<PeerRun>;
}

/** @param showCount the number of new shows over which each run spreads its requests */
export function boxofficeSide(bench: Bench, system: System, showCount: number): Side {
  const tokensFile = writeAuthorizations(
    bench,
    'boxoffice',
    bench.tokens.map((token) => `Bearer ${token}`),
  );
  const seats = parseSeats('1');
  return {
    async run(size) {
      const shows = await system.addShows(showCount);
      const template = {
        path: '/api/shows/{show}/book/',
        shows: shows.map(String),
        body: '{"seat_number":{seat}}',
        headers: { Prefer: `wait=${waitSeconds}` },
      };
      await checkpoint(system);
      const result = await runTemplate(bench, { url: system.url, template, tokensFile, seats, from: 0, ...size });
      await system.drained(bench.signal);
      const { booked, refused, failed } = result;
      const problems = await checkRun({
        system,
        plan: { kind: 'book', mode: 'wait', shows, takenSeats: 0 },
        load: { ...result, responses: booked + refused, refusals: refused, failures: failed },
        connections: size.connections,
        otherRows: { booked: 0, cancelled: 0 },
      });
      return { ...result, problems };
    },
  };
}

/** All runs sell seats of the same shows, so each run continues after the seats of the previous one. */
export function peerSide(bench: Bench, { url, template, seats, authorizations }: Peer): Side & { used(): number } {
  const tokensFile = writeAuthorizations(bench, 'peer', authorizations);
  let used = 1; // by the probe
  return {
    used: () => used,
    async run(size) {
      const result = await runTemplate(bench, { url, template, tokensFile, seats, from: used, ...size });
      const { booked, refused, failed, firstError } = result;
      // Requests still in flight at the end, and one that wrk builds without sending it.
      used += booked + refused + failed + size.connections + 1;
      if (booked === 0) {
        const answers = refused + failed;
        throw new PlainError(
          firstError
            ? `Every answer of the peer was an error, ${answers} of ${answers} at ${size.connections} connections. The first one:\n  ${formatAnswer(firstError)}`
            : `The peer answered none of the requests at ${size.connections} connections within ${size.seconds} s.`,
        );
      }
      return { ...result, problems: [] };
    },
  };
}

function writeAuthorizations({ folder }: Bench, name: string, values: readonly string[]): string {
  const file = join(folder, `authorizations-${name}`);
  writeFileSync(file, values.map((value) => `${value}\n`).join(''), { mode: 0o600 });
  return file;
}

function runTemplate(
  { generator, folder, signal }: Bench,
  {
    seats,
    from,
    ...load
  }: { url: string; template: Template; tokensFile: string; seats: Seats; from: number } & LoadSize,
): Promise<TemplateResult> {
  const seatsFile = join(folder, 'seats');
  writeSeats(seatsFile, seats, from, load.seconds);
  return generator.runTemplate({ ...load, seatsFile, folder, signal });
}
