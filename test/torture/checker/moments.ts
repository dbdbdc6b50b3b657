import type { History, Operation } from './history.ts';

/** A request that is known to have been decided at a time of the database's. */
interface Decided {
  at: number;
  called: number;
  accepted: number;
}

/**
 * Where a moment of the database's clock lies among the requests of a show. They are decided in the order in which
 * they were accepted: what was decided before this moment was sent before whatever happened at it, and what was
 * decided after it was accepted after.
 */
export class Moments {
  readonly #decided = new Map<number, Decided[]>();

  constructor({ operations, bookings, outcomes }: Pick<History, 'operations' | 'bookings' | 'outcomes'>) {
    const byId = new Map(operations.flatMap((operation) => operation.ids.map((id) => [id, operation])));
    const recorded = new Set(outcomes.map(({ id }) => id));
    for (const { id, show, decided } of [...outcomes, ...bookings.filter((row) => !recorded.has(row.id))])
      this.#add(show, decided, byId.get(id));
    for (const list of this.#decided.values()) sweep(list.sort((a, b) => a.at - b.at));
  }

  /** Of what happened at this time, in a turn or between two. */
  at(show: number, time: number): { earliest: number; latest: number } {
    return { earliest: this.#earliest(show, time), latest: this.#latest(show, (at) => at > time) };
  }

  /** Of what was over for every request decided at this time or later. */
  from(show: number, time: number): { earliest: number; latest: number } {
    return { earliest: this.#earliest(show, time), latest: this.#latest(show, (at) => at >= time) };
  }

  #add(show: number, at: number, operation: Operation | undefined): void {
    // Of a request that was sent more than once, it is not known which attempt this was.
    if (!operation || operation.accepted === null || operation.key !== null) return;
    const { called, accepted } = operation;
    this.#decided.set(show, [...(this.#decided.get(show) ?? []), { at, called, accepted }]);
  }

  #earliest(show: number, time: number): number {
    return this.#decided.get(show)?.findLast(({ at }) => at < time)?.called ?? Number.NEGATIVE_INFINITY;
  }

  #latest(show: number, isLater: (at: number) => boolean): number {
    return this.#decided.get(show)?.find(({ at }) => isLater(at))?.accepted ?? Number.POSITIVE_INFINITY;
  }
}

/** Lets each know the latest call before it and the earliest acceptance behind it. */
function sweep(list: Decided[]): void {
  for (let [index, latest] = [0, Number.NEGATIVE_INFINITY]; index < list.length; index++) {
    const one = list[index] as Decided;
    latest = Math.max(latest, one.called);
    one.called = latest;
  }
  for (let [index, earliest] = [list.length - 1, Number.POSITIVE_INFINITY]; index >= 0; index--) {
    const one = list[index] as Decided;
    earliest = Math.min(earliest, one.accepted);
    one.accepted = earliest;
  }
}
