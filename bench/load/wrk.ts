import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshOneOf, type Plan, seatsPerRow, userCount, waitSeconds } from '../workloads.ts';
import { type LoadOptions, type LoadResult, runGenerator } from './load.ts';

/** An answer that takes longer counts as none, in seconds: more than the longest wait. */
const timeoutSeconds = waitSeconds + 10;
/** For a run that ends after so many answers, in seconds. */
const longestSeconds = 300;

/** Puts a system under load with wrk: one thread, because the numbers of the requests are counted in it. */
export async function runWrk({
  url,
  plan,
  connections,
  seconds,
  answers,
  tokensFile,
  folder,
  signal,
}: LoadOptions): Promise<LoadResult> {
  const script = join(folder, 'wrk.lua');
  writeFileSync(script, scriptFor(plan, tokensFile, answers));
  const duration = answers ? longestSeconds : Math.max(1, Math.round(seconds));
  const size = ['--threads', '1', '--connections', String(connections)];
  const length = ['--duration', `${duration}s`, '--timeout', `${timeoutSeconds}s`];
  let result: LoadResult | undefined;
  await runGenerator(['wrk', ...size, ...length, '--script', script, url], signal, (line, end) => {
    if (line === enoughLine) end(); // its main thread sleeps on
    if (line.startsWith(resultWord)) result = JSON.parse(line.slice(resultWord.length)) as LoadResult;
  });
  if (!result) throw new Error('wrk gave no result');
  return result;
}

const enoughLine = 'ENOUGH';
const resultWord = 'RESULT ';

/** The requests of `workloads.ts` in Lua. */
function scriptFor(plan: Plan, tokensFile: string, answers: number | undefined): string {
  return `${header(plan, tokensFile)}\n${requests(plan)}\n${answers ? ending(answers) : ''}\n${report}`;
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
    plan.goneSeats === 0
      ? 'seat = math.floor(i / #list) + 1'
      : `if i % ${freshOneOf} == 0 then seat = ${plan.goneSeats} + i / ${freshOneOf} + 1 else seat = (i * 7) % ${plan.goneSeats} + 1 end`
  }
  return book(list[i % #list + 1], seat, i % ${userCount}, prefer)
end`;
    case 'churn':
      // A seat's first booking is cancelled, its second stays. What comes next is in the answer.
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

const ending = (answers: number) => `
local answered = 0
function response()
  answered = answered + 1
  if answered == ${answers} then
    io.write("${enoughLine}\\n")
    io.flush()
    wrk.thread:stop()
  end
end`;

const report = `
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '${resultWord}{"answers":%d,"refusals":%d,"failures":%d,"seconds":%.6f,"latencyMs":{"p50":%.3f,"p99":%.3f,"p999":%.3f,"max":%.3f}}\\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3, latency.max / 1e3))
end`;
