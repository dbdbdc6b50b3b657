import { get } from 'node:http';
import { send } from '../runs/client.ts';
import { cpuSeconds, memoryBytes } from '../runs/processes.ts';
import type { Bench } from '../runs/run-case.ts';
import type { System } from '../systems/system.ts';
import { bookRequest } from '../workloads/workloads.ts';
import { byKind, type Viewing } from './measurements.ts';

const seatsOfShow = 500;

/** Measures what it costs a gateway to send a booking to viewers of a seat map: the cost with viewers minus that without. */
export async function measureViewing(bench: Bench, system: System, viewers: number, seconds: number): Promise<Viewing> {
  const [show = 0] = await system.addShows(1, seatsOfShow);
  const alone = await bookInTurn(bench, system, { show, fromSeat: 1, seconds });
  const bytesBefore = byKind(memoryBytes(system.processes)).gateway ?? 0;
  const audience = await watch(system.url, show, viewers);
  const bytes = (byKind(memoryBytes(system.processes)).gateway ?? 0) - bytesBefore;
  const eventsBefore = audience.events();
  const watched = await bookInTurn(bench, system, { show, fromSeat: seatsOfShow / 2, seconds });
  const events = audience.events() - eventsBefore;
  audience.leave();
  const ofViewers = watched.cpuSeconds - (alone.cpuSeconds / alone.bookings) * watched.bookings;
  return {
    viewers,
    microsPerEvent: Math.max(0, (ofViewers * 1e6) / Math.max(events, 1)),
    bytesPerViewer: Math.max(0, bytes / viewers),
  };
}

/** Books one seat after another; returns how many, and the CPU time of the gateway. */
async function bookInTurn(
  { tokens }: Bench,
  system: System,
  { show, fromSeat, seconds }: { show: number; fromSeat: number; seconds: number },
): Promise<{ bookings: number; cpuSeconds: number }> {
  const before = byKind(cpuSeconds(system.processes)).gateway ?? 0;
  const until = performance.now() + seconds * 1_000;
  let bookings = 0;
  while (performance.now() < until && bookings < seatsOfShow / 2 - 1) {
    await send(system.url, bookRequest({ show, seat: fromSeat + bookings, user: bookings, prefer: 'wait=10' }), tokens);
    bookings++;
    // At the pace at which a map changes before people's eyes.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { bookings, cpuSeconds: (byKind(cpuSeconds(system.processes)).gateway ?? 0) - before };
}

/** Opens event streams, and counts the events that arrive in all of them. */
async function watch(url: string, show: number, viewers: number): Promise<{ events: () => number; leave: () => void }> {
  let events = 0;
  const open = Array.from({ length: viewers }, () => {
    const request = get(`${url}/api/shows/${show}/seats/events/`, { agent: false });
    const first = new Promise<void>((resolve, reject) => {
      request.on('error', reject).on('response', (response) => {
        if (response.statusCode !== 200) return reject(new Error(`a stream was answered ${response.statusCode}`));
        response.setEncoding('utf8').on('data', (text: string) => {
          events += text.split('\ndata:').length - 1;
          resolve();
        });
        response.on('error', () => undefined); // we are leaving
      });
    });
    return { request, first };
  });
  await Promise.all(open.map(({ first }) => first));
  return {
    events: () => events,
    leave() {
      for (const { request } of open) request.on('error', () => undefined).destroy();
    },
  };
}
