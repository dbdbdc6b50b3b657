/**
 * Sends requests at a fixed rate: reads options from the JSON file in its argument, prints the result as JSON.
 * It speaks HTTP over plain sockets, because a client library uses as much CPU as the system it measures.
 */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '@boxoffice/shared/percentile';
import { requestAt } from '../workloads/workloads.ts';
import { graceMs, type OpenLoopOptions, type OpenLoopResult } from './open-loop.ts';

/** Requests beyond this wait for a connection; the wait is part of their latency. */
const connectionLimit = 2_048;
const warmUpMs = 1_000;
/** How long after the last request to wait for outstanding responses, in milliseconds. */
const drainTimeoutMs = 15_000;

const { url, plan, rate, seconds, tokensFile } = JSON.parse(
  readFileSync(process.argv[2] ?? '', 'utf8'),
) as OpenLoopOptions;
if (plan.kind === 'churn') throw new Error('churn depends on responses and has no open model');
const workload = plan;
const tokens = readFileSync(tokensFile, 'utf8').trimEnd().split('\n');
const { hostname, port } = new URL(url);

interface Connection {
  socket: Socket;
  /** When its current request was due; null when idle. */
  dueMs: number | null;
  received: string;
}

const idle: Connection[] = [];
/** Requests that found no free connection, in the order in which they were due. */
const backlog: { n: number; dueMs: number }[] = [];
const latencies: number[] = [];
const lateness: number[] = [];
let connections = 0;
let pending = 0;
let sent = 0;
let succeeded = 0;
let inTime = 0;
const total = { sent: 0, succeeded: 0 };

const startMs = performance.now();
const measureFromMs = startMs + warmUpMs;
const endMs = measureFromMs + seconds * 1_000;
for (let n = 0, dueMs = startMs; dueMs < endMs; ) {
  const nowMs = performance.now();
  for (; dueMs <= nowMs && dueMs < endMs; n++) {
    send(n, dueMs);
    dueMs += (-Math.log(1 - Math.random()) / rate) * 1_000;
  }
  await delay(1);
}
for (const deadline = performance.now() + drainTimeoutMs; pending > 0 && performance.now() < deadline; )
  await delay(10);

latencies.sort((a, b) => a - b);
lateness.sort((a, b) => a - b);
const result: OpenLoopResult = {
  sent,
  failed: sent - succeeded,
  inTime,
  total: { succeeded: total.succeeded, failed: total.sent - total.succeeded },
  latencyMs: {
    p50: percentileOrZero(latencies, 50),
    p99: percentileOrZero(latencies, 99),
    p999: percentileOrZero(latencies, 99.9),
    max: percentileOrZero(latencies, 100),
  },
  senderLateMs: { p50: percentileOrZero(lateness, 50), p99: percentileOrZero(lateness, 99) },
};
console.log(JSON.stringify(result));
process.exit(0);

function send(n: number, dueMs: number): void {
  pending++;
  total.sent++;
  if (dueMs >= measureFromMs) {
    sent++;
    lateness.push(performance.now() - dueMs);
  }
  const connection = idle.pop() ?? (connections < connectionLimit ? open() : null);
  if (connection) write(connection, n, dueMs);
  else backlog.push({ n, dueMs });
}

function write(connection: Connection, n: number, dueMs: number): void {
  connection.dueMs = dueMs;
  const { method, path, user, body, prefer } = requestAt(workload, n);
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1'];
  if (user !== null) lines.push(`Authorization: Bearer ${tokens[user]}`);
  if (prefer !== null) lines.push(`Prefer: ${prefer}`);
  if (body !== null) lines.push('Content-Type: application/json', `Content-Length: ${body.length}`);
  connection.socket.write(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`);
}

function open(): Connection {
  connections++;
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const connection: Connection = { socket, dueMs: null, received: '' };
  socket.setEncoding('latin1').on('data', (text) => receive(connection, text as unknown as string));
  socket.on('error', () => {});
  socket.on('close', () => {
    connections--;
    if (connection.dueMs !== null) pending--;
    else idle.splice(idle.indexOf(connection), 1);
  });
  return connection;
}

/** Assumes a Content-Length, which all systems send. */
function receive(connection: Connection, text: string): void {
  connection.received += text;
  const { received } = connection;
  const head = received.indexOf('\r\n\r\n');
  if (head < 0) return;
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head))?.[1] ?? 0);
  if (received.length < head + 4 + length) return;
  connection.received = '';
  const dueMs = connection.dueMs ?? 0;
  connection.dueMs = null;
  pending--;
  if (received.startsWith('HTTP/1.1 2')) count(dueMs);
  const next = backlog.shift();
  if (next) write(connection, next.n, next.dueMs);
  else idle.push(connection);
}

function count(dueMs: number): void {
  total.succeeded++;
  if (dueMs < measureFromMs) return;
  const nowMs = performance.now();
  succeeded++;
  if (nowMs <= endMs + graceMs) inTime++;
  latencies.push(nowMs - dueMs);
}

/** JSON has no NaN; a run without responses reports its failures. */
function percentileOrZero(sorted: readonly number[], percent: number): number {
  return sorted.length === 0 ? 0 : percentile(sorted, percent);
}
