const awayStates = /^(08(?!P01)|53|57)/;
const refusingStates = /^(28...|25006)$/;
const awaySystemErrors = /^E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|AI_AGAIN|NOTFOUND)$/;
const awayMessages =
  /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|Query read timeout|connection timeout/i;

/**
 * Whether an error, or one that caused it, means that the database cannot be reached or cannot serve us:
 * SQLSTATE classes 08 (connection; except 08P01, a statement it cannot parse), 53 (resources) and 57
 * (operator intervention), system errors, and the driver's own errors, which have no code.
 */
export function isDatabaseAway(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = sqlState(cause) ?? '';
    if (awayStates.test(code) || awaySystemErrors.test(code) || awayMessages.test(cause.message)) return true;
  }
  return false;
}

/**
 * Whether the database cannot serve us now and may be able to later: it is away, or it refuses every login (class
 * 28) or every write (25006) for a while, as during a failover or a change of passwords.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (isDatabaseAway(error)) return true;
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (refusingStates.test(sqlState(cause) ?? '')) return true;
  return false;
}

/** The error's code: a SQLSTATE when PostgreSQL reported it, a system error's name when the connection failed. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
