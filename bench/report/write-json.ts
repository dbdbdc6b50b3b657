import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Writes a report to the file that `--json` names, or to one named after its start, and says where. */
export function writeJson(report: { startedAt: string }, json: string | null, dataDir: string): void {
  const file = resolve(json ?? join(dataDir, 'bench', `${report.startedAt.replaceAll(':', '-')}.json`));
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.error(`report: ${file}`);
}
