/** deploy/compose: everything that it names exists, and no service has access to anything that it does not need. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { haproxySettings } from '@boxoffice/local-servers/haproxy-settings';
import { configVariables } from '@boxoffice/shared/service/config';
import { stopTimeoutMs } from '@boxoffice/shared/service/process';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Service {
  image: string;
  command?: string[] | string;
  build?: { context: string };
  environment?: Record<string, string>;
  volumes?: string[];
  networks?: string[] | Record<string, unknown>;
  ports?: string[];
  depends_on?: Record<string, unknown>;
  read_only?: boolean;
  cap_drop?: string[];
  tmpfs?: string[];
  stop_grace_period?: string;
}

const root = resolve(import.meta.dirname, '../..');
const known = Object.keys(configVariables);
const folder = resolve(root, 'deploy/compose');
const read = (file: string) => readFileSync(resolve(folder, file), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true, maxAliasCount: -1 }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const networksOf = ({ networks = [] }: Service) => (Array.isArray(networks) ? networks : Object.keys(networks));
const ours = services.filter(([, { image }]) => image === 'boxoffice');

test('runs two of every service that can be doubled, three Sentinels, and one public entrance', () => {
  for (const name of ['gateway-1', 'gateway-2', 'booking-worker-1', 'booking-worker-2', 'postgres-1', 'postgres-2'])
    expect(compose.services).toHaveProperty(name);
  for (const number of [1, 2, 3]) expect(compose.services).toHaveProperty(`sentinel-${number}`);
  expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['haproxy']);
});

test.each(services)('%s: its volumes, networks, files and dependencies exist, and it is hardened', (_name, service) => {
  for (const dependency of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(dependency);
  for (const network of networksOf(service)) expect(compose.networks).toHaveProperty(network);
  for (const volume of service.volumes ?? []) {
    const [source = ''] = volume.split(':');
    if (source.startsWith('./')) expect(existsSync(resolve(folder, source)), source).toBe(true);
    else if (!source.startsWith('$')) expect(compose.volumes).toHaveProperty(source);
  }
  if (service.build) expect(existsSync(resolve(folder, service.build.context, 'Dockerfile'))).toBe(true);
  expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
});

test.each(ours)('%s: its variables are known, and its program exists', (_name, { command = [], environment = {} }) => {
  for (const name of Object.keys(environment).map((variable) => variable.replace(/_FILE$/, '')))
    if (!name.startsWith('OTEL_')) expect(known).toContain(name);
  const [, file] = command;
  if (file) expect(existsSync(resolve(root, file)), file).toBe(true);
});

test("no service can read another's secrets, and only the gateways are public", () => {
  for (const [name, service] of ours) {
    const { volumes = [] } = service;
    const secrets = volumes.filter((volume) => volume.startsWith('secrets-')).map((volume) => volume.split(':')[0]);
    if (name !== 'secrets' && name !== 'migrate') expect(secrets).toHaveLength(1);
    if (!name.startsWith('gateway')) expect(networksOf(service)).not.toContain('public');
  }
});

test('every server that keeps data has a volume of its own', () => {
  const stateful = services.filter(([name]) => /^(postgres|valkey|sentinel)-/.test(name));
  expect(stateful).toHaveLength(8);
  for (const [name, { volumes = [], tmpfs = [] }] of stateful) {
    const folderOf = name.startsWith('postgres') ? '/var/lib/postgresql' : '/data';
    expect(volumes).toContain(`${name}:${folderOf}`);
    expect(tmpfs).not.toContain(folderOf);
    expect(services.filter(([, other]) => other.volumes?.includes(`${name}:${folderOf}`))).toHaveLength(1);
  }
});

test('every service has time to stop, and a gateway serves until HAProxy has noticed', () => {
  for (const [name, { stop_grace_period = '' }] of ours)
    expect(Number.parseInt(stop_grace_period, 10) * 1_000, name).toBeGreaterThan(stopTimeoutMs);
  const settings = read('haproxy/haproxy.cfg');
  const [, interval, fall] = /default-server check inter (\d+)ms fall (\d+)/.exec(settings) ?? [];
  for (const name of ['gateway-1', 'gateway-2'])
    expect(Number(compose.services[name]?.environment?.DRAIN_SECONDS) * 1_000).toBeGreaterThanOrEqual(
      Number(interval) * (Number(fall) + 1),
    );
  const [, hardStop] = /hard-stop-after (\d+)s/.exec(settings) ?? [];
  expect(Number.parseInt(compose.services.haproxy?.stop_grace_period ?? '', 10)).toBeGreaterThan(Number(hardStop));
});

const listener = { name: 'gateways', host: '127.0.0.1', port: 3000, servers: ['127.0.0.1:3100'] };

test.each([
  ['deploy/compose', read('haproxy/haproxy.cfg')],
  ['pnpm start', haproxySettings([listener])],
])(
  'HAProxy of %s retries reads only, never because of a response, and removes the headers that clients must not set',
  (_name, settings) => {
    expect(settings.match(/^ +retry-on .+$/gm)).toEqual(['  retry-on conn-failure empty-response junk-response']);
    expect(settings).toMatch(/^ +http-request disable-l7-retry unless METH_GET$/m);
    for (const header of ['traceparent', 'tracestate', 'X-Forwarded-For', 'X-Forwarded-Host'])
      expect(settings).toMatch(new RegExp(`^ +http-request del-header ${header}$`, 'm'));
  },
);

test('HAProxy behind another proxy trusts its headers', () => {
  expect(haproxySettings([{ ...listener, isBehindProxy: true }])).not.toMatch(/del-header|set-header/);
});

test('PostgreSQL waits for its replica only once it is set up, and an operator can turn that off', () => {
  for (const [name, service] of services) expect(JSON.stringify(service), name).not.toContain('synchronous');
  const [, sql = ''] = /<<'SQL'\n([\s\S]+)\nSQL\n/.exec(read('postgres/replication.sh')) ?? [];
  const statements = sql.split('\n');
  const first = statements.findIndex((statement) => statement.includes('synchronous'));
  expect(statements.slice(first)).toEqual([
    'alter system set synchronous_commit = remote_apply;',
    "alter system set synchronous_standby_names = '*';",
  ]);
});

test('every PostgreSQL URL names both servers', () => {
  const hosts = 'postgres-1:5432,postgres-2:5432';
  expect(compose.services.secrets?.command).toContain(`--postgres=${hosts}`);
  expect(compose.services.migrate?.environment?.DATABASE_URL).toMatch(new RegExp(`@${hosts}/boxoffice$`));
});

test('the memory limit reaches every Valkey server', () => {
  for (const name of ['valkey-1', 'valkey-2', 'valkey-3'])
    expect(compose.services[name]?.environment?.MAXMEMORY).toMatch(/^\$\{MAXMEMORY:-/);
  expect(read('valkey/valkey.sh')).toContain(`--maxmemory "\${MAXMEMORY:-256mb}"`);
});
