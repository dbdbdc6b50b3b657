import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freeSeatEvery, type Plan, seatsPerRow, userCount, waitSeconds } from '../workloads/workloads.ts';
import { type LoadOptions, type LoadResult, runGenerator } from './load.ts';

/** After this long a response counts as a failure, in seconds; longer than the longest wait. */
const timeoutSeconds = waitSeconds + 10;
/** Upper bound of a run with a response limit, in seconds. */
const limitedRunSeconds = 300;

/** Generates load with wrk, in one thread, because the request number is a counter in that thread. */
export async function runWrk(options: LoadOptions): Promise<LoadResult> {
  const { plan, seconds, responseLimit, tokensFile, folder } = options;
  const script = join(folder, 'wrk.lua');
  writeFileSync(script, scriptFor(plan, tokensFile, responseLimit));
  return runWrkScript(script, { ...options, seconds: responseLimit ? limitedRunSeconds : seconds });
}

/** Runs wrk with a script that prints its result with `wrkResult`. */
export async function runWrkScript<Result>(
  script: string,
  { url, connections, seconds, signal }: Pick<LoadOptions, 'url' | 'connections' | 'seconds' | 'signal'>,
): Promise<Result> {
  const size = ['--threads', '1', '--connections', String(connections)];
  const length = ['--duration', `${Math.max(1, Math.round(seconds))}s`, '--timeout', `${timeoutSeconds}s`];
  let result: Result | undefined;
  await runGenerator(['wrk', ...size, ...length, '--script', script, url], signal, (line, interrupt) => {
    if (line === limitLine) interrupt(); // wrk's main thread sleeps until its full duration
    if (line.startsWith(resultPrefix)) result = JSON.parse(line.slice(resultPrefix.length)) as Result;
  });
  if (!result) throw new Error('wrk printed no result');
  return result;
}

const limitLine = 'LIMIT';
const resultPrefix = 'RESULT ';

/** The requests of `workloads.ts`, in Lua. */
function scriptFor(plan: Plan, tokensFile: string, responseLimit: number | undefined): string {
  return `${header(plan, tokensFile)}\n${requests(plan)}\n${responseLimit ? stopAfter(responseLimit) : ''}\n${report}`;
}

const header = (plan: Plan, tokensFile: string) => `
local tokens, n = {}, 0
for line in io.lines(${JSON.stringify(tokensFile)}) do tokens[#tokens + 1] = line end
local list = {${(plan.kind === 'browse' ? plan.paths : plan.shows).map((item) => JSON.stringify(item)).join(',')}}

local function post(path, user, body, prefer)
  return "POST " .. path .. " HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nAuthorization: Bearer " .. tokens[user + 1]
    .. "\\r\\nContent-Type: application/json\\r\\n" .. prefer .. "Content-Length: " .. #body .. "\\r\\n\\r\\n" .. body
end
local function book(show, seat, user, prefer)
  return post("/api/shows/" .. show .. "/book/", user, '{"seat_number":' .. seat .. '}', prefer)
end
local wait = "Prefer: wait=${waitSeconds}\\r\\n"
`;

function requests(plan: Plan): string {
  switch (plan.kind) {
    case 'browse':
      return `
function request()
  n = n + 1
  return "GET " .. list[n % #list + 1] .. " HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n"
end`;
    case 'book':
      return `
local prefer = ${plan.mode === 'wait' ? 'wait' : '""'}
function request()
  local i = n
  n = n + 1
  local seat
  ${
    plan.takenSeats === 0
      ? 'seat = math.floor(i / #list) + 1'
      : `if i % ${freeSeatEvery} == 0 then seat = ${plan.takenSeats} + i / ${freeSeatEvery} + 1 else seat = (i * 7) % ${plan.takenSeats} + 1 end`
  }
  return book(list[i % #list + 1], seat, i % ${userCount}, prefer)
end`;
    case 'churn':
      // The first booking of each seat is cancelled, the second stays. Each response determines the next request.
      return `
local due, first, last, booked = {}, 1, 0, {}
local show = list[1]
function request()
  local task = due[first]
  if task then
    due[first] = nil
    first = first + 1
    return task
  end
  n = n + 1
  return book(show, n, n % ${userCount}, wait)
end
function response(status, headers, body)
  if status ~= 200 and status ~= 201 then return end
  local row, number = body:match('"seat_number":"(%a+)(%d+)"')
  local index = 0
  for letter in row:gmatch(".") do index = index * 26 + letter:byte() - 64 end
  local seat = (index - 1) * ${seatsPerRow} + number
  if status == 200 then
    last = last + 1
    due[last] = book(show, seat, (seat + 1) % ${userCount}, wait)
  elseif not booked[seat] then
    booked[seat] = true
    last = last + 1
    due[last] = post("/api/bookings/" .. body:match('"id":"([^"]+)"') .. "/cancel/", seat % ${userCount}, "{}", wait)
  end
end`;
  }
}

const stopAfter = (responseLimit: number) => `
local received = 0
function response()
  received = received + 1
  if received == ${responseLimit} then
    io.write("${limitLine}\\n")
    io.flush()
    wrk.thread:stop()
  end
end`;

/** Code for Lua's `done` that prints these fields with these values, followed by the duration and the latencies. */
export const wrkResult = (fields: string, values: string) => `io.write(string.format(
    '${resultPrefix}{${fields},"seconds":%.6f,"latencyMs":{"p50":%.3f,"p99":%.3f,"p999":%.3f,"max":%.3f}}\\n',
    ${values}, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3, latency.max / 1e3))`;

const report = `
function done(summary, latency)
  local errors = summary.errors
  ${wrkResult(
    '"responses":%d,"refusals":%d,"failures":%d',
    'summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout',
  )}
end`;
