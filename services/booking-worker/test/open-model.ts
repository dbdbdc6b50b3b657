import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import { envelope, type Wish } from '@boxoffice/testing/envelope';
import type { Changes, ShowRow } from '../src/decide/state.ts';
import { ModelDatabase, rules } from './model-database.ts';

/** Shows of the model: free of charge; priced, at 9.00 a seat, for at most 3 seats a user; and paid for online. */
export const [free, priced, online] = [1, 2, 5];
/** Pays for one seat. */
export const payment = { id: 'p1', amount: 900, currency: 'EUR' };

/** A new model, and what tests do with it: each sends one envelope. */
export function openModel() {
  const database = new ModelDatabase();
  function decide(show: number, ...wishes: Wish[]): { outcomes: Outcome[]; changes: Changes; ids: string[] } {
    const requests = envelope(show, wishes);
    return { ...database.run(requests), ids: requests.map(({ id }) => id) };
  }
  return {
    database,
    decide,
    /** Makes or changes a booking, and returns the request's id. */
    make(show: number, wish: Wish): string {
      const { outcomes, ids } = decide(show, wish);
      if (outcomes[0]?.status !== 'succeeded') throw new Error(JSON.stringify(outcomes));
      return ids[0] ?? '';
    },
    /** Why the last of these requests is refused; null when it is not. */
    refusal(show: number, ...wishes: Wish[]): Problem | null {
      const last = decide(show, ...wishes).outcomes.at(-1);
      return last && last.status !== 'succeeded' ? last.problem : null;
    },
    /** Gives a show its usual rules but for these. */
    change(show: number, fields: Partial<ShowRow>): void {
      database.shows.set(show, { ...(rules.get(show) as ShowRow), ...fields });
    },
  };
}
