import { explain } from '@boxoffice/local-servers/plain-error';
import { ProblemError } from '@boxoffice/shared/contracts/problems';

/** Runs what a command does; what goes wrong becomes a sentence, where there is one, and exit code 1. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(isSentence(error) ? error.message : explain(error));
    process.exitCode = 1;
  }
}

/** Problems are written for people; so is what parseArgs says of a wrong option. */
function isSentence(error: unknown): error is Error {
  return (
    error instanceof ProblemError ||
    (error instanceof Error && /^ERR_PARSE_ARGS_/.test(String((error as NodeJS.ErrnoException).code)))
  );
}
