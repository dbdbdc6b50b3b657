import type { Random } from '../torture/random.ts';
import { Connection, type FuzzResponse } from './connection.ts';
import type { Operation } from './document.ts';
import { judge } from './judge.ts';
import { operationRequest, pageRequest, type Tokens } from './operation-requests.ts';
import { rawRequest } from './raw-requests.ts';
import { bytesOf, type FuzzRequest } from './request.ts';
import { Tally } from './tally.ts';

/** Enough to keep the gateway, the catalog, the worker and the database busy at the same time. */
const concurrency = 16;
/** Of a hundred requests, so many are for pages and files, and so many malformed as HTTP. */
const pageShare = 0.08;
const rawShare = 0.07;
/** How long a response may take, in milliseconds. */
const slowAfterMs = 1_000;
/**
 * Requests that were slow, or refused because something behind the gateway was, are repeated alone, so often and
 * for so many of them: a busy machine is not a finding, but more than this is.
 */
const repeats = 3;
const repeatLimit = 500;

export interface Campaign {
  port: number;
  operations: readonly Operation[];
  /** Paths of pages and of files. */
  pages: readonly string[];
  /** Access tokens by persona; asked often, because they expire. */
  tokens: () => Tokens;
  requests: number;
  random: Random;
}

interface Sent {
  statuses: number[];
  ms: number;
}

const isPoor = ({ statuses, ms }: Sent) => ms > slowAfterMs || statuses.includes(503);

/** Sends so many requests at random, and judges every response. */
export async function runCampaign(campaign: Campaign): Promise<Tally> {
  const { port, requests, random } = campaign;
  const tally = new Tally();
  const poor: { request: FuzzRequest; sent: Sent }[] = [];
  let id = '0641f3a2-9c1b-8407-a51c-9f2600000380';
  let left = requests;
  const work = async () => {
    const connection = new Connection(port);
    while (left-- > 0) {
      const request = nextRequest(campaign, random);
      const sent = await sendAndJudge(connection, request, id, tally, (response) => {
        id = idIn(response) ?? id;
      });
      if (isPoor(sent)) poor.push({ request, sent });
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  for (const { request, sent } of poor.slice(0, repeatLimit)) {
    if (await isPoorAlone(port, request, id))
      tally.find(request, `${sent.statuses.join()} in ${Math.round(sent.ms)} ms, and no better alone`);
  }
  const [first] = poor.slice(repeatLimit);
  if (first) tally.find(first.request, `one of ${poor.length} that were slow or 503: too many to repeat alone`);
  tally.repeated = poor.length;
  return tally;
}

function nextRequest({ operations, pages, tokens }: Campaign, random: Random): FuzzRequest {
  const dice = random.next();
  if (dice < rawShare) return rawRequest(random);
  if (dice < rawShare + pageShare || operations.length === 0) return pageRequest(random, pages, tokens());
  return operationRequest(random, random.pick(operations), tokens());
}

async function sendAndJudge(
  connection: Connection,
  request: FuzzRequest,
  id: string,
  tally: Tally,
  onResponse: (response: FuzzResponse) => void,
): Promise<Sent> {
  const bytes = bytesOf(request, id);
  const sentAt = performance.now();
  try {
    const responses = request.isRaw ? await connection.sendRaw(bytes) : [await connection.send(bytes, request)];
    const ms = performance.now() - sentAt;
    for (const response of responses) {
      if (response) onResponse(response);
      const broken = response ? judge(request, response) : 'the connection was closed without a response';
      if (broken) tally.find(request, broken);
    }
    const surplus = connection.takeSurplus();
    if (surplus) tally.find(request, `bytes that belong to no request: ${surplus.slice(0, 300)}`);
    if (responses.length > due(request))
      tally.find(request, `${responses.length} responses to ${due(request)} requests`);
    tally.count(request, responses[0]?.status ?? null, ms);
    return { statuses: responses.map((response) => response?.status ?? 0), ms };
  } catch (error) {
    connection.close();
    tally.find(request, (error as Error).message);
    tally.count(request, null, performance.now() - sentAt);
    return { statuses: [], ms: 0 };
  }
}

/** How many responses a request may get: bytes of any kind may hold several requests, and one of them malformed. */
function due({ isRaw, head }: FuzzRequest): number {
  return isRaw ? Math.max(1, head.match(/http\/\d/gi)?.length ?? 0) + 1 : 1;
}

async function isPoorAlone(port: number, request: FuzzRequest, id: string): Promise<boolean> {
  const ignored = new Tally();
  for (let repeat = 0; repeat < repeats; repeat++) {
    const connection = new Connection(port);
    const sent = await sendAndJudge(connection, request, id, ignored, () => undefined);
    connection.close();
    if (!isPoor(sent)) return false;
  }
  return true;
}

/** The id of a booking or a job in a response, so that later requests name things that exist. */
function idIn({ status, body }: FuzzResponse): string | undefined {
  return status < 300 ? /"id":"([0-9a-f-]{36})"/.exec(body)?.[1] : undefined;
}
