import { explain } from '@boxoffice/local-servers/plain-error';
import { ProblemError } from '@boxoffice/shared/contracts/problems';

/** Runs a command. An error is printed, without a stack where its message is enough, and makes the exit code 1. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(isSentence(error) ? error.message : explain(error));
    process.exitCode = 1;
  }
}

/** Messages of problems, and of parseArgs about a wrong option, are written for people. */
function isSentence(error: unknown): error is Error {
  return (
    error instanceof ProblemError ||
    (error instanceof Error && /^ERR_PARSE_ARGS_/.test(String((error as NodeJS.ErrnoException).code)))
  );
}
