import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { type CampaignOptions, runCampaign } from '../campaign.ts';
import type { Violation } from '../checker/history.ts';
import { kindsOf, type Options } from '../options.ts';
import { claimFolder } from '../world/left-over.ts';
import { bugs } from './catalogue.ts';
import { copyTree, plant } from './copy-tree.ts';

/** A planted bug must be found within this time, in minutes. */
const withinMinutes = 1;
/** Short storms: a verdict comes at the end of each. */
const stormMs = 6_000;
/** Money that does not come is not waited for as long as usual, in milliseconds. */
const settlingMs = 12_000;
/** Buyers find most bugs: readers leave them the processor. */
const readsPerSecond = 100;

/** Plants one bug after the other; gives the exit code: 0 when each was caught. */
export async function runBugs(
  options: Options,
  { root, home, ...common }: Pick<CampaignOptions, 'root' | 'binDir' | 'signal' | 'say'> & { home: string },
): Promise<number> {
  const verdicts: { name: string; caught: string | null }[] = [];
  for (const bug of bugs.filter(({ name }) => options.bugs.includes(name))) {
    if (common.signal.aborted) break;
    const tree = join(home, `bug-${bug.name}-${process.pid}`);
    try {
      copyTree(root, tree);
      claimFolder(tree);
      plant(bug, tree);
      common.say(`\n${styleText('bold', bug.name)}: ${bug.says}`);
      const wanted = ({ rule }: Violation) => bug.rules.includes(rule);
      const isVerdict = (violations: readonly Violation[]) => violations.some(wanted);
      const result = await runCampaign({
        ...options,
        ...common,
        ...(bug.perSecond && { perSecond: bug.perSecond }),
        rounds: 'overlapping',
        reads: Math.min(options.reads, readsPerSecond),
        kinds: kindsOf(bug.faults),
        minutes: withinMinutes,
        stormMs: bug.stormMs ?? stormMs,
        settlingMs,
        root: tree,
        folder: join(home, `${bug.name}-${process.pid}`),
        enough: isVerdict,
        isVerdict,
      });
      const found = result.violations.find(wanted);
      if (!found && common.signal.aborted) return 2; // stopped: no verdict
      verdicts.push({
        name: bug.name,
        caught: found ? `${(result.ranMs / 1_000).toFixed(0)} s, ${result.operations} requests: ${found.rule}` : null,
      });
    } finally {
      rmSync(tree, { recursive: true, force: true });
      rmSync(join(home, `${bug.name}-${process.pid}`), { recursive: true, force: true });
    }
  }
  common.say('');
  for (const { name, caught } of verdicts)
    common.say(
      `${caught ? styleText('green', '✓ caught') : styleText('red', '✗ missed')} ${name.padEnd(28)} ${caught ?? ''}`,
    );
  return verdicts.every(({ caught }) => caught) ? 0 : 1;
}
