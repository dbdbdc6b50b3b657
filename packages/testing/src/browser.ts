/** A real browser on a whole Boxoffice. Where there is no browser, `test` skips. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect, inject, onTestFinished, test as testOfVitest } from 'vitest';
import { type Boxoffice, type BoxofficeOptions, startBoxoffice } from './boxoffice.ts';
import { findBrowser } from './browser-path.ts';
import { ensurePages } from './pages.ts';

const executablePath = findBrowser();
/** A test that needs a browser. */
export const test = executablePath ? testOfVitest : testOfVitest.skip;

export type Browsing = Awaited<ReturnType<typeof startBrowsing>>;

/** Starts Boxoffice with its web pages, and a browser. */
export async function startBrowsing(options: BoxofficeOptions = {}) {
  await ensurePages();
  const [boxoffice, browser] = await Promise.all([startBoxoffice(options), launch()]);
  return {
    boxoffice,
    /**
     * Opens a page in a fresh context, which is closed at the end of the test. Addresses may begin with "/".
     * A failing test leaves a screenshot, and beside it the services' logs.
     */
    newPage: (more: BrowserContextOptions = {}) => openPage(browser, { baseURL: boxoffice.url, ...more }, boxoffice),
    async stop() {
      await Promise.all([browser.close(), boxoffice.stop()]);
    },
  };
}

function launch(): Promise<Browser> {
  if (!executablePath) throw new Error('there is no browser');
  // The sandbox needs privileges that a container may lack, and the browser opens only our own pages.
  const offline = ['disable-gpu', 'disable-quic', 'disable-background-networking', 'disable-component-update'];
  const args = ['no-sandbox', 'no-first-run', 'disable-sync', ...offline].map((name) => `--${name}`);
  return chromium.launch({ executablePath, args });
}

const errors = new WeakMap<Page, string[]>();

async function openPage(browser: Browser, options: BrowserContextOptions, { logs }: Boxoffice): Promise<Page> {
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
      await writeFile(path.replace(/png$/, 'log'), [...logs(), ...seen].join('\n'));
      console.log(`${path} shows ${page.url()}`);
    }
    await context.close();
  });
  return page;
}

/** The errors of a page so far: those in its console, and uncaught exceptions. */
export function errorsOf(page: Page): string[] {
  return errors.get(page) ?? [];
}

/** Checks the page's current state against the rules of axe-core, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  for (const colorScheme of ['light', 'dark'] as const) {
    // Without transitions: a colour halfway between the schemes would count as a violation.
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
