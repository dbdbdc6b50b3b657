import type { Show } from '@boxoffice/client';
import { useState } from 'react';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';

/** Screens offered for selection. */
const choiceLimit = 100;

export interface HallChoice {
  /** Empty for rows of its own. */
  screenId: string;
  choose: (screenId: string) => void;
  /** Names by id. */
  screens: Map<string, string>;
  /** Of the seats in the chosen hall. */
  categories: string[];
}

/** The choice of a hall: a new show takes the screen's layout, an existing one keeps its own until it is moved. */
export function useHall(show?: Show): HallChoice {
  const current = String(show?.screen_id ?? '');
  const [screenId, choose] = useState(current);
  const query = { page_size: choiceLimit };
  const { data } = useAdminQuery('screens to choose', (signal) =>
    boxoffice.get('/api/admin/screens/', { params: { query }, signal }),
  );
  const own = useCategoriesOf(show);
  const screens = new Map((data?.results ?? []).map(({ id, name }) => [String(id), name]));
  // Until the screens have loaded, a form that is saved keeps the show's screen.
  if (show?.screen_id && !screens.has(current)) screens.set(current, show.screen_name);
  const chosen = data?.results.find(({ id }) => String(id) === screenId);
  const categories = show && screenId === current ? own : Object.keys(chosen?.categories ?? { standard: 0 });
  return { screenId, choose, screens, categories };
}

/** The categories in the layout of a show; its screen may have another layout by now. */
function useCategoriesOf(show: Show | undefined): string[] {
  const isPriced = Boolean(show?.prices);
  const { data } = useAdminQuery(`categories of show ${show?.id}`, async (signal) => {
    if (!show?.screen_id || isPriced) return null;
    const { seats } = await boxoffice.get('/api/shows/{id}/seats/', { params: { path: { id: show.id } }, signal });
    return [...new Set(seats.map(({ category }) => category))];
  });
  return data ?? Object.keys(show?.prices ?? { standard: 0 });
}
