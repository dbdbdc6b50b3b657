import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shownLength, type TemplateLoad, type TemplateResult } from './template.ts';
import { runWrkScript, wrkResult } from './wrk.ts';

/** Generates load from a template with wrk. */
export async function runWrkTemplate(options: TemplateLoad): Promise<TemplateResult> {
  const script = join(options.folder, 'wrk-template.lua');
  writeFileSync(script, scriptFor(options));
  const { body, status, ...result } = await runWrkScript<
    Omit<TemplateResult, 'firstError'> & { status: number; body: string }
  >(script, options);
  // A body may contain anything, so Lua prints it in hexadecimal.
  const firstError = status === 0 ? null : { status, body: Buffer.from(body, 'hex').toString() };
  return { ...result, firstError };
}

const scriptFor = ({ url, template, seatsFile, tokensFile }: TemplateLoad) => `
local function lines(file)
  local list = {}
  for line in io.lines(file) do list[#list + 1] = line end
  return list
end
local seats, tokens, n = lines(${JSON.stringify(seatsFile)}), lines(${JSON.stringify(tokensFile)}), 0
local path, content = ${JSON.stringify(template.path)}, ${JSON.stringify(template.body)}
local shows = {${template.shows.map((show) => JSON.stringify(show)).join()}}
local headers = ${JSON.stringify(headersOf(url, template.headers))}
local function fill(text, show, seat)
  return (text:gsub("{show}", function() return show end):gsub("{seat}", function() return seat end))
end
function request()
  local show, seat = shows[n % #shows + 1], seats[n % #seats + 1]
  local body = fill(content, show, seat)
  local authorization = ""
  if #tokens > 0 then authorization = "Authorization: " .. tokens[n % #tokens + 1] .. "\\r\\n" end
  n = n + 1
  return "POST " .. fill(path, show, seat) .. " HTTP/1.1\\r\\n" .. headers .. authorization
    .. "Content-Length: " .. #body .. "\\r\\n\\r\\n" .. body
end

booked, refused, failed, status, body = 0, 0, 0, 0, ""
function response(code, _, text)
  if code >= 200 and code < 300 then
    booked = booked + 1
    return
  end
  if code >= 400 and code < 500 then refused = refused + 1 else failed = failed + 1 end
  if status == 0 then
    status = code
    body = text:sub(1, ${shownLength}):gsub(".", function(c) return string.format("%02x", c:byte()) end)
  end
end

local counter
function setup(thread) counter = thread end
function done(summary, latency)
  local errors = summary.errors
  ${wrkResult(
    '"booked":%d,"refused":%d,"failed":%d,"status":%d,"body":"%s"',
    `counter:get("booked"), counter:get("refused"),
    counter:get("failed") + errors.connect + errors.read + errors.write + errors.timeout,
    counter:get("status"), counter:get("body")`,
  )}
end`;

function headersOf(url: string, headers: Record<string, string>): string {
  const all = { Host: new URL(url).host, 'Content-Type': 'application/json', ...headers };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
