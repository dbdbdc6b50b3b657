/**
 * `pnpm audit:money`: checks in the database that nobody is charged for a seat they did not get, and that the sums of
 * bookings and payments agree to the minor unit. Exits with 1 when they do not. Reads only.
 */
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { loadConfig } from '@boxoffice/shared/service/config';
import { auditMoney } from './audit-money/audit-money.ts';
import { moneyReport } from './audit-money/money-report.ts';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';

await runCommand(async () => {
  const config = loadConfig();
  const audit = await withDatabase(config.GATEWAY_DATABASE_URL ?? databaseUrlOfRunning(config), (em) => auditMoney(em));
  console.log(moneyReport(audit));
  if (audit.violations.length > 0) process.exitCode = 1;
});
