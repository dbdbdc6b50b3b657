import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { sampleUsers } from './sample-users.ts';

let common: Promise<string[]> | undefined;

const published: string[] = sampleUsers.map(({ password }) => password);

/**
 * The passwords that are used most, in lower case: some 50,000 of zxcvbn's, the most frequent first. Loaded when the
 * first password is chosen, because it takes some milliseconds and a few megabytes. Scanning the list takes
 * less than a millisecond, and hashing the password twenty.
 */
function commonPasswords(): Promise<string[]> {
  common ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => dictionary['passwords-common']);
  return common;
}

/** Whether a password is one of the most common, in any case, or one of the sample users', which the README names. */
export async function isCommonPassword(password: string): Promise<boolean> {
  const lower = password.toLowerCase();
  return published.includes(lower) || (await commonPasswords()).includes(lower);
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
