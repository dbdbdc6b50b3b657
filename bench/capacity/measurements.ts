import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ByProcess } from '../runs/processes.ts';

/** The kinds of processes that take part in a booking. */
export const kinds = ['gateway', 'worker', 'catalog', 'redis', 'postgres'] as const;
export type Kind = (typeof kinds)[number];

/** One run: the rate that a number of processes achieved, and its cost. */
export interface Point {
  /** E.g. `spread, waiting, 256 connections`. */
  name: string;
  gateways: number;
  workers: number;
  /** The cores that each kind of process was bound to; none if it was not bound. */
  pinned: Partial<Record<Kind | 'load', string>>;
  /** Bookings per second. */
  rate: number;
  p99Ms: number;
  /** CPU time per booking in microseconds, of all processes of a kind together; `load` is the generator. */
  cpuMicros: ByProcess;
}

/** What event streams cost a gateway. */
export interface Viewing {
  viewers: number;
  /** CPU time of the gateway to send one event to one viewer, in microseconds. */
  microsPerEvent: number;
  /** Memory of the gateway per open stream, in bytes. */
  bytesPerViewer: number;
}

/** The measurements that `pnpm capacity --measure` writes, and that the model starts from. */
export interface CapacityMeasurements {
  measuredAt: string;
  conditions: Record<string, string>;
  /** The cores of the machine, shared by all processes, including the load generator. */
  cores: number;
  points: Point[];
  viewing: Viewing;
}

export const measurementsFile = resolve(import.meta.dirname, 'measurements.json');

export function readMeasurements(file = measurementsFile): CapacityMeasurements {
  return JSON.parse(readFileSync(file, 'utf8')) as CapacityMeasurements;
}

export function writeMeasurements(measurements: CapacityMeasurements, file: string): void {
  writeFileSync(file, `${JSON.stringify(measurements, null, 2)}\n`);
}

/** Sums the figures of `gateway`, `gateway 2`, … and so on. */
export function byKind(figures: ByProcess): ByProcess {
  const sums: ByProcess = {};
  for (const [name, figure] of Object.entries(figures)) {
    const kind = name.replace(/ \d+$/, '');
    sums[kind] = (sums[kind] ?? 0) + figure;
  }
  return sums;
}
