import { PlainError } from '@boxoffice/local-servers/plain-error';
import { type Answer, fill, shownLength } from '../load/template.ts';
import type { Peer } from '../peer-options.ts';

const timeoutMs = 30_000;

const hints: Record<number, string> = {
  400: '--peer-body and --peer-seats say what is sent, e.g. --peer-seats A1.',
  401: 'Credentials come from --peer-token-file or --peer-header.',
  403: 'Credentials come from --peer-token-file or --peer-header.',
  404: 'The path comes from --peer-path, and the show from --peer-show.',
  409: 'If the seat is taken, --peer-seats says which one to begin with.',
  422: '--peer-body and --peer-seats say what is sent, e.g. --peer-seats A1.',
};

/**
 * Books the first seat, so that a mistake shows up before anything is started.
 *
 * @throws {PlainError} when nothing responds, or the response is not 2xx
 */
export async function probePeer({ url, template, seats, authorizations }: Peer): Promise<void> {
  const [show = ''] = template.shows;
  const [path, body] = [template.path, template.body].map((text) => fill(text, show, seats.nameAt(0))) as [
    string,
    string,
  ];
  const [authorization] = authorizations;
  const headers = { 'content-type': 'application/json', ...template.headers, ...(authorization && { authorization }) };
  let answer: Answer;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${url}${path}`, { method: 'POST', headers, body, redirect: 'manual', signal });
    answer = { status: response.status, body: (await response.text()).slice(0, shownLength) };
  } catch (error) {
    const { message, cause } = error as Error;
    throw new PlainError(`Nothing answers at ${url}: ${cause instanceof Error ? cause.message || cause : message}`);
  }
  if (answer.status >= 200 && answer.status < 300) return;
  const hint = hints[answer.status];
  throw new PlainError(
    `The peer did not accept the first booking.\n  POST ${url}${path} ${body}\n  ${formatAnswer(answer)}${hint ? `\n${hint}` : ''}`,
  );
}

export const formatAnswer = ({ status, body }: Answer): string => `${status} ${body.replaceAll(/\s+/g, ' ').trim()}`;

/** Whether an address is this machine's own. */
export function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
