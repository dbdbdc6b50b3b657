/**
 * `pnpm createsuperuser`: creates an administrator. In scripts, the password comes from standard input
 * because arguments show up in `ps` and in the shell's history.
 */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { SignupBody } from '@boxoffice/shared/contracts/identity';
import { loadConfig } from '@boxoffice/shared/service/config';
import {
  commonPasswordMessage,
  createUser,
  isCommonPassword,
  PasswordHasher,
} from '../services/gateway/src/identity/index.ts';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';

const help = `
Creates an administrator in the database of the running \`pnpm start\`, or the one in GATEWAY_DATABASE_URL or
DATABASE_URL. Asks for whatever is not given.

  --username <name>
  --email <address>
  --help             prints this text

Without a terminal, the password is read from standard input.
`.trim();

await runCommand(async () => {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({ options: { username: string, email: string, help: { type: 'boolean' } } });
  if (values.help) return console.log(help);
  const config = loadConfig();
  // The gateway's login is enough. Fails before the user has typed anything.
  const url = config.GATEWAY_DATABASE_URL ?? databaseUrlOfRunning(config);
  const wanted = process.stdin.isTTY ? await ask(values) : await read(values);
  const { username } = await withDatabase(url, (_, orm) =>
    createUser({ orm, passwords: new PasswordHasher() }, { ...wanted, role: 'admin', is_active: true }, null),
  );
  console.log(`${username} is an administrator and can log in.`);
});

type Given = { username?: string; email?: string };

/** Asks at the terminal, repeating each question until the answer is valid. */
async function ask(given: Given): Promise<SignupBody> {
  const username = given.username ?? (await askFor('User name: ', 'username'));
  const email = given.email ?? (await askFor('E-mail address: ', 'email'));
  for (;;) {
    const password = await askFor('Password: ', 'password');
    if ((await line('Password again: ', { hidden: true })) === password) return valid({ username, email, password });
    console.error('  The passwords differ.');
  }
}

async function askFor(question: string, field: keyof SignupBody): Promise<string> {
  for (;;) {
    const parsed = SignupBody.shape[field].safeParse(await line(question, { hidden: field === 'password' }));
    const isRefused = parsed.success && field === 'password' && (await isCommonPassword(parsed.data));
    if (parsed.success && !isRefused) return parsed.data;
    console.error(
      `  ${parsed.success ? commonPasswordMessage : parsed.error.issues.map(({ message }) => message).join('; ')}`,
    );
  }
}

/** Reads one line from the terminal. Ctrl-C and Ctrl-D exit. */
async function line(question: string, { hidden }: { hidden: boolean }): Promise<string> {
  if (hidden) process.stdout.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: hidden ? nowhere : process.stdout, terminal: true });
  const leave = () => {
    console.error('\nCancelled: no administrator was created.');
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

/** Reads the password from standard input. */
async function read({ username, email }: Given): Promise<SignupBody> {
  if (!username || !email) {
    throw new PlainError('Without a terminal, pass --username and --email, and the password on standard input.');
  }
  const password = (await text(process.stdin)).replace(/\r?\n$/, '');
  return valid({ username, email, password });
}

/** @throws {PlainError} that names every invalid field */
function valid(wanted: SignupBody): SignupBody {
  const parsed = SignupBody.safeParse(wanted);
  if (parsed.success) return parsed.data;
  const sentences = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new PlainError(`Not valid:\n${sentences.join('\n')}`);
}
