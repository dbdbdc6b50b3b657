import { buildPages } from '../../../scripts/build.ts';

/**
 * Builds the web pages unless they are up to date. Call it before a gateway starts, which is when it looks for
 * them.
 *
 * @throws when the bundler is not installed
 */
export async function ensurePages(): Promise<void> {
  if ((await buildPages()) === 'unavailable') throw new Error('the bundler is missing: run `pnpm install`');
}
