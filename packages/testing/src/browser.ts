/** A real browser on a whole Boxoffice. Where no browser can be had, `test` skips. */
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished, test as testOfVitest, vi } from 'vitest';
import { type BoxofficeOptions, startBoxoffice } from './boxoffice.ts';
import { findBrowser } from './browser-path.ts';
import { ensurePages } from './pages.ts';

// A browser beside everything else is much for a small machine.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 240_000 });

const executablePath = findBrowser();
/** A test that needs a browser. */
export const test = executablePath ? testOfVitest : testOfVitest.skip;

export type Browsing = Awaited<ReturnType<typeof startBrowsing>>;

/** Starts Boxoffice, with its web pages, and a browser; nothing where there is no browser. */
export async function startBrowsing(options: BoxofficeOptions = {}) {
  await ensurePages();
  const [boxoffice, browser] = await Promise.all([startBoxoffice(options), launch()]);
  return {
    boxoffice,
    /**
     * Opens a page as a person would who has never been here, until the test's end: addresses may begin
     * with "/". A test that fails leaves a picture of it.
     */
    newPage: (more: BrowserContextOptions = {}) => openPage(browser, { baseURL: boxoffice.url, ...more }),
    async stop() {
      await Promise.all([browser.close(), boxoffice.stop()]);
    },
  };
}

function launch(): Promise<Browser> {
  if (!executablePath) throw new Error('there is no browser');
  // Its sandbox needs rights that a container may not have; it opens nothing but pages of ours.
  const quiet = ['disable-gpu', 'disable-quic', 'disable-background-networking', 'disable-component-update'];
  const args = ['no-sandbox', 'no-first-run', 'disable-sync', ...quiet].map((name) => `--${name}`);
  return chromium.launch({ executablePath, args });
}

const errors = new WeakMap<Page, string[]>();

async function openPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const seen: string[] = [];
  errors.set(page, seen);
  page.on('console', (message) => message.type() === 'error' && seen.push(message.text()));
  page.on('pageerror', (error) => seen.push(String(error)));
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') {
      const path = join(inject('dataDir'), 'failed', `${task.name.replaceAll(/\W+/g, '-')}.png`);
      await page.screenshot({ path, fullPage: true });
      console.log(`${path} shows ${page.url()}`);
    }
    await context.close();
  });
  return page;
}

/** What the page has complained of so far: errors in its console, exceptions. */
export function errorsOf(page: Page): string[] {
  return errors.get(page) ?? [];
}

/** Holds the page as it stands against the rules of axe-core, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    // At once, as a colour that is still on its way to the other scheme would be held against the page.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    const found = violations.map(({ id, help, nodes }) => ({
      id,
      help,
      at: nodes.map(({ target }) => target.join(' ')),
    }));
    expect(found, `${page.url()}, ${colorScheme}`).toEqual([]);
  }
}
