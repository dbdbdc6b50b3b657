import { buildPages } from '../../../scripts/build.ts';

/**
 * Builds the web pages unless they are up to date. A gateway finds them when it starts, so this comes
 * before; what does not look at pages has no need of it.
 *
 * @throws where the bundler is not installed
 */
export async function ensurePages(): Promise<void> {
  if ((await buildPages()) === 'unavailable') throw new Error('the bundler is missing: run `pnpm install`');
}
