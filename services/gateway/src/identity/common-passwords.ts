import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { sampleUsers } from './sample-users.ts';

/** ASVS 5.0 (6.2.4) asks for at least this many of the most common passwords. */
const refusedCount = 3_000;

let common: Promise<Set<string>> | undefined;

const published: string[] = sampleUsers.map(({ password }) => password);

/**
 * The passwords that are used most, in lower case, of zxcvbn's list, which has the most frequent first. Loaded when
 * the first password is chosen, because that takes some milliseconds.
 */
function commonPasswords(): Promise<Set<string>> {
  common ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].slice(0, refusedCount)),
  );
  return common;
}

/** Whether a password is one of the most common, in any case, or one of the sample users', which the README names. */
export async function isCommonPassword(password: string): Promise<boolean> {
  const lower = password.toLowerCase();
  return published.includes(lower) || (await commonPasswords()).has(lower);
}

export const commonPasswordMessage = 'Too common: it is on the lists that are tried first. Choose another';

/**
 * Refuses a common password.
 *
 * @param field the name of the field that it was sent in
 * @throws {ProblemError} validation_failed
 */
export async function refuseCommonPassword(password: string, field: string): Promise<void> {
  if (!(await isCommonPassword(password))) return;
  throw new ProblemError('validation_failed', `${field}: ${commonPasswordMessage}.`, {
    errors: { [field]: [commonPasswordMessage] },
  });
}
