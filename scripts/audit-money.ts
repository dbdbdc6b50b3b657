/**
 * `pnpm audit:money`: checks in the database that nobody is charged for a seat they did not get, and that the sums of
 * bookings and payments agree to the minor unit. Exits with 1 when they do not. Reads only.
 */
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { loadConfig } from '@boxoffice/shared/service/config';
import { auditMoney } from './audit-money/audit-money.ts';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';

await runCommand(async () => {
  const config = loadConfig();
  const url = config.GATEWAY_DATABASE_URL ?? databaseUrlOfRunning(config);
  const { violations, currencies } = await withDatabase(url, (em) => auditMoney(em));
  for (const { currency, captured, refunded, booked, to_capture, to_refund } of currencies)
    console.log(
      `${currency}: captured ${captured} - refunded ${refunded} = ${captured - refunded}; ` +
        `booked ${booked} - to be captured ${to_capture} + to be refunded ${to_refund} = ${booked - to_capture + to_refund}`,
    );
  for (const { rule, payment, booking } of violations)
    console.error(`${rule}: payment ${payment ?? 'none'}, booking ${booking ?? 'none'}`);
  console.log(violations.length === 0 ? 'No violations.' : `${violations.length} violations.`);
  if (violations.length > 0) process.exitCode = 1;
});
