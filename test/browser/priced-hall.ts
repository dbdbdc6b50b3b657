/** A hall with aisles, categories, accessible seats and prices, and pages of it in a browser. */
import type { SeatMap } from '@boxoffice/client';
import type { Browsing } from '@boxoffice/testing/browser';
import { eventually } from '@boxoffice/testing/eventually';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** Row B has seats in columns 1 to 4 and 6 to 9: B5 is in column 6. */
const layout = ['SSSS_SSSS', 'SSSS_SSSS', 'PPPP_PPPP', 'WW_____SS'];
const legend = {
  S: { category: 'standard' },
  P: { category: 'premium' },
  W: { category: 'standard', accessible: true },
};

let halls = 0;

/** Adds a show in a hall of its own, with these rules and prices, and returns its id. */
export const addPricedShow = (browsing: Browsing, rules: object = {}): Promise<number> =>
  // A busy machine may answer 503; each attempt has names of its own.
  eventually(() => tryToAddShow(browsing, rules), { timeoutMs: 30_000 });

async function tryToAddShow({ boxoffice }: Browsing, rules: object): Promise<number> {
  const hall = ++halls;
  const admin = async (path: string, body: object) => {
    const call = { method: 'POST', user: 99, role: 'admin', body } as const;
    const response = await boxoffice.call<{ id: number }>(`/api/admin${path}`, call);
    if (response.status !== 201) throw new Error(`${path}: ${JSON.stringify(response.body)}`);
    return response.body.id;
  };
  const movie = await admin('/movies/', { title: `Night ${hall}`, duration_minutes: 118 });
  const screen = await admin('/screens/', { name: `Hall ${hall}`, layout, legend });
  return admin('/shows/', {
    ...{ movie_id: movie, screen_id: screen, date_time: new Date(Date.now() + 86_400_000).toISOString() },
    ...{ prices: { standard: 900, premium: 1_250 }, currency: 'EUR', ...rules },
  });
}

/** Changes a show as an administrator does. */
export async function changeShow({ boxoffice }: Browsing, show: number, change: object): Promise<void> {
  const call = { method: 'PATCH', user: 99, role: 'admin', body: change } as const;
  const { status, body } = await boxoffice.call(`/api/admin/shows/${show}/`, call);
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** Opens a page as this user. */
export async function openAs(
  { boxoffice, newPage }: Browsing,
  user: number,
  path: string,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const page = await newPage(options);
  const tokens = JSON.stringify({ access: boxoffice.token(user) });
  await page.addInitScript((text) => localStorage.setItem('boxoffice.tokens', text), tokens);
  await page.goto(`/boxoffice${path}`);
  return page;
}

export async function openShow(browsing: Browsing, user: number, show: number, options: BrowserContextOptions = {}) {
  const page = await openAs(browsing, user, `/shows/${show}`, options);
  await page.getByText(/seats free$/).waitFor();
  return page;
}

export const seat = (page: Page, label: string) =>
  page.getByRole('button', { name: `Row ${label.slice(0, 1)} seat ${label.slice(1)},` });

export async function select(page: Page, ...labels: string[]): Promise<void> {
  for (const label of labels) await seat(page, label).click();
}

export const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

/** Whether the page fits the screen without horizontal scrolling. */
export const fits = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');

/** The seats of a show that are not free. */
export async function takenSeats({ boxoffice }: Browsing, show: number): Promise<string[]> {
  const { body } = await boxoffice.call<SeatMap>(`/api/shows/${show}/seats/`);
  return body.seats.filter(({ status }) => status !== 'available').map(({ seat_number }) => seat_number);
}
