/**
 * `pnpm createsuperuser`: makes an administrator, in DATABASE_URL or the running `pnpm start`. Asks for
 * what it needs. For scripts: `--username ada --email ada@example.com`, and the password on standard
 * input, where neither `ps` nor a shell's history sees it.
 */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { SignupBody } from '@boxoffice/shared/contracts/identity';
import { loadConfig } from '@boxoffice/shared/service/config';
import { createUser } from '../services/gateway/src/identity/create-user.ts';
import { PasswordHasher } from '../services/gateway/src/identity/passwords.ts';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';

await runCommand(async () => {
  const { values } = parseArgs({ options: { username: { type: 'string' }, email: { type: 'string' } } });
  const url = databaseUrlOfRunning(loadConfig()); // before anybody types anything
  const wanted = process.stdin.isTTY ? await ask(values) : await read(values);
  const { username } = await withDatabase(url, (_, orm) =>
    createUser({ orm, passwords: new PasswordHasher() }, { ...wanted, role: 'admin', is_active: true }, null),
  );
  console.log(`${username} is an administrator and can log in.`);
});

type Given = { username?: string; email?: string };

/** Asks at the terminal, again as long as an answer is not valid. */
async function ask(given: Given): Promise<SignupBody> {
  const username = given.username ?? (await answer('User name: ', 'username'));
  const email = given.email ?? (await answer('E-mail address: ', 'email'));
  for (;;) {
    const password = await answer('Password: ', 'password');
    if ((await line('Password again: ', { hidden: true })) === password) return valid({ username, email, password });
    console.error('  These are two different passwords.');
  }
}

async function answer(question: string, field: keyof SignupBody): Promise<string> {
  for (;;) {
    const parsed = SignupBody.shape[field].safeParse(await line(question, { hidden: field === 'password' }));
    if (parsed.success) return parsed.data;
    console.error(`  ${parsed.error.issues.map(({ message }) => message).join('; ')}`);
  }
}

/** One line from the terminal. Ctrl-C and Ctrl-D end the program. */
async function line(question: string, { hidden }: { hidden: boolean }): Promise<string> {
  if (hidden) process.stdout.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stdout, terminal: true });
  const leave = () => {
    console.error('\nNobody was created.');
    process.exit(130);
  };
  terminal.on('SIGINT', leave).on('close', leave);
  try {
    return await terminal.question(hidden ? '' : question);
  } finally {
    terminal.off('close', leave);
    terminal.close();
    if (hidden) process.stdout.write('\n');
  }
}

/** Takes the password from standard input, for scripts. */
async function read({ username, email }: Given): Promise<SignupBody> {
  if (!username || !email) {
    throw new PlainError('Without a terminal this needs --username and --email, and the password on standard input.');
  }
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  return valid({ username, email, password });
}

/** @throws {PlainError} saying what is wrong with each */
function valid(wanted: SignupBody): SignupBody {
  const parsed = SignupBody.safeParse(wanted);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new PlainError(`This is not valid:\n${sentences.join('\n')}`);
}
