/** deploy/compose: what it names exists, and no service is given what it must not have. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configVariables } from '@boxoffice/shared/service/config';
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
}

const root = resolve(import.meta.dirname, '../..');
const known = Object.keys(configVariables);
const folder = resolve(root, 'deploy/compose');
const text = readFileSync(resolve(folder, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true, maxAliasCount: -1 }) as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, null>;
};
const services = Object.entries(compose.services);
const networksOf = ({ networks = [] }: Service) => (Array.isArray(networks) ? networks : Object.keys(networks));
const ours = services.filter(([, { image }]) => image === 'boxoffice');

test('there are two of what can be doubled, three Sentinels, and one way in', () => {
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
