import { createServer } from 'node:http';
import { freePort } from '@boxoffice/local-servers/free-port';
import { expect, onTestFinished, test } from 'vitest';
import { readPeer } from '../peer-options.ts';
import { probePeer } from './probe-peer.ts';

const probe = async (values: Parameters<typeof readPeer>[0]) => {
  const peer = readPeer(values);
  if (peer) await probePeer(peer);
};

test.each([
  [{ peer: '127.0.0.1:8000' }, '--peer takes an address like http://127.0.0.1:8000, not "127.0.0.1:8000".'],
  [{ peer: 'http://127.0.0.1:8000/api' }, 'the path goes into --peer-path'],
  [{ peer: 'http://127.0.0.1:8000', 'peer-path': 'book' }, '--peer-path must start with a slash'],
  [{ peer: 'http://127.0.0.1:8000', 'peer-body': '{}' }, 'must contain {seat}'],
  [{ peer: 'http://127.0.0.1:8000', 'peer-header': ['Bearer x'] }, '--peer-header takes "Name: value"'],
  [{ peer: 'http://127.0.0.1:8000', 'peer-token-file': '/nowhere' }, '--peer-token-file: ENOENT'],
  ...['9..2', '1..5000', '1...5', '1, 5', '5,5', ','].map((shows): [Parameters<typeof readPeer>[0], string] => [
    { peer: 'http://127.0.0.1:8000', 'peer-show': shows },
    '--peer-show takes up to 1000 different ids of shows',
  ]),
  [
    { peer: 'http://127.0.0.1:8000', 'peer-path': '/book/5', 'peer-show': '1..20' },
    '--peer-path or --peer-body must contain {show}',
  ],
  [{ 'peer-show': '2' }, '--peer-show goes with --peer.'],
])('%o is explained', async (values, message) => {
  await expect(probe(values)).rejects.toThrow(message);
});

test('several shows are listed, or are a range', () => {
  const showsOf = (shows: string) => readPeer({ peer: 'http://127.0.0.1:8000', 'peer-show': shows })?.template.shows;
  expect(showsOf('7')).toEqual(['7']);
  expect(showsOf('1,5,x-7')).toEqual(['1', '5', 'x-7']);
  expect(showsOf('9..11')).toEqual(['9', '10', '11']);
});

test('if a peer does not answer, or answers with an error, the message quotes it', async () => {
  const peer = `http://127.0.0.1:${await freePort()}`;
  await expect(probe({ peer })).rejects.toThrow(`Nothing answers at ${peer}: connect ECONNREFUSED`);
  const server = createServer((_, response) => response.writeHead(401).end('{"detail": "No credentials."}'));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(Number(new URL(peer).port), '127.0.0.1', resolve));
  await expect(probe({ peer, 'peer-show': '7' })).rejects.toThrow(
    `POST ${peer}/api/shows/7/book/ {"seat_number":"1"}\n  401 {"detail": "No credentials."}\nCredentials come from`,
  );
});
