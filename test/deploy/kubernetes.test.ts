/** The manifests of deploy/kubernetes match the schemas of Kubernetes and KEDA, and agree with each other. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { configVariables } from '@boxoffice/shared/service/config';
import { stopTimeoutMs } from '@boxoffice/shared/service/process';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

interface Probe {
  httpGet: { port: string; path: string };
}
interface Container {
  name: string;
  ports: { name: string }[];
  envFrom: Record<'configMapRef' | 'secretRef', { name: string } | undefined>[];
  resources: { limits: Record<string, string> };
  livenessProbe: Probe;
  readinessProbe: Probe;
  startupProbe: Probe;
  lifecycle: { preStop: { sleep: { seconds: number } } };
}
interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: {
    replicas?: number;
    selector?: { matchLabels: Record<string, string> };
    template?: {
      metadata: { labels: Record<string, string> };
      spec: { containers: Container[]; terminationGracePeriodSeconds: number };
    };
    triggers?: { metricType: string; metadata: { query?: string } }[];
    scaleTargetRef?: { name: string };
    maxReplicaCount?: number;
    minReplicaCount?: number;
    podSelector?: { matchLabels?: { app: string } };
  };
}

const known = Object.keys(configVariables);
const folder = resolve(import.meta.dirname, '../../deploy/kubernetes');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const read = (file: string) =>
  parseAllDocuments(readFileSync(resolve(folder, file), 'utf8'), { schema: 'core' }).map(
    (one) => one.toJS() as Manifest,
  );
const applied = files.filter((file) => file !== 'kustomization.yaml' && !file.includes('example'));
const manifests = applied.flatMap(read);
const all = [...manifests, ...read('secrets.example.yaml')];
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const names = (kind: string) => ofKind(kind).map(({ metadata }) => metadata.name);
const deployments = ofKind('Deployment');
const configMap = (name: string) => ofKind('ConfigMap').find(({ metadata }) => metadata.name === name)?.data ?? {};

/** Throws when a manifest does not match the schema of its kind. */
async function validate(manifest: Manifest): Promise<void> {
  const { apiVersion, kind } = manifest;
  const models = apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models';
  const module = (await import(`${models}/${apiVersion}/${kind}`)) as Record<
    string,
    new (
      data: object,
    ) => { validate(): void }
  >;
  const Model = module[kind];
  if (!Model) throw new Error(`no schema for ${apiVersion} ${kind}`);
  new Model(manifest).validate();
}

test.each(all.map((manifest) => ({ ...manifest, title: `${manifest.kind} ${manifest.metadata.name}` })))(
  '$title matches its schema',
  async ({ title: _, ...manifest }) => {
    await validate(manifest as Manifest);
    // The schema is in force: without its contents, or with a number for a name, the manifest does not match.
    const broken = { ...manifest, metadata: { ...manifest.metadata, name: 5 } } as unknown as Manifest;
    await expect(validate(broken)).rejects.toThrow();
  },
);

test('the kustomization lists every manifest', () => {
  const [{ resources }] = read('kustomization.yaml') as unknown as [{ resources: string[] }];
  expect(resources.toSorted()).toEqual(applied.toSorted());
});

test('every deployment has probes on ports of its own, a budget, a label that selects it, and no CPU limit', () => {
  expect(deployments.map(({ metadata }) => metadata.name).toSorted()).toEqual(['booking-worker', 'catalog', 'gateway']);
  for (const { metadata, spec } of deployments) {
    expect(spec.template?.metadata.labels).toEqual(spec.selector?.matchLabels);
    expect(names('PodDisruptionBudget')).toContain(metadata.name);
    for (const container of spec.template?.spec.containers ?? []) {
      const ports = container.ports.map(({ name }) => name);
      for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const)
        expect(ports).toContain(container[probe].httpGet.port);
      expect(ports).toContain('metrics');
      expect(Object.keys(container.resources.limits)).toEqual(['memory']);
    }
  }
});

test('every variable is one that the services know, and every secret and config map exists', () => {
  for (const variables of [configMap('boxoffice'), ...all.map(({ stringData }) => stringData ?? {})])
    for (const name of Object.keys(variables)) if (!name.startsWith('OTEL_')) expect(known).toContain(name);
  const secrets = all.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name);
  for (const { spec } of [...deployments, ...ofKind('Job')])
    for (const { envFrom } of spec.template?.spec.containers ?? [])
      for (const { configMapRef, secretRef } of envFrom) {
        if (configMapRef) expect(names('ConfigMap')).toContain(configMapRef.name);
        if (secretRef) expect(secrets).toContain(secretRef.name);
      }
});

test('autoscaling targets deployments, and starts no more workers than there are partitions', () => {
  const partitions = Number(configMap('boxoffice').BOOKING_PARTITIONS);
  for (const { spec } of ofKind('ScaledObject')) {
    expect(names('Deployment')).toContain(spec.scaleTargetRef?.name);
    expect(spec.minReplicaCount).toBeGreaterThanOrEqual(2);
    if (spec.scaleTargetRef?.name === 'booking-worker') expect(spec.maxReplicaCount).toBe(partitions);
  }
});

test('network policies admit nothing by default, and select pods that exist', () => {
  expect(names('NetworkPolicy')).toContain('default-deny');
  for (const { spec } of ofKind('NetworkPolicy')) {
    const app = spec.podSelector?.matchLabels?.app;
    if (app) expect(names('Deployment')).toContain(app);
  }
});

test('every service has time to stop, and a gateway drains within it', () => {
  for (const { metadata, spec } of deployments) {
    const { containers = [], terminationGracePeriodSeconds = 0 } = spec.template?.spec ?? {};
    for (const { lifecycle } of containers)
      expect(terminationGracePeriodSeconds, metadata.name).toBeGreaterThan(
        lifecycle.preStop.sleep.seconds + stopTimeoutMs / 1_000,
      );
  }
  expect(configMap('boxoffice').DRAIN_SECONDS).toBe('2');
});

test('a gateway that lacks a dependency stays in the Service, and a new one enters it only when it lacks none', () => {
  const [gateway] =
    deployments.find(({ metadata }) => metadata.name === 'gateway')?.spec.template?.spec.containers ?? [];
  expect(gateway?.livenessProbe.httpGet.path).toBe('/livez');
  expect(gateway?.readinessProbe.httpGet.path).toBe('/livez');
  expect(gateway?.startupProbe.httpGet.path).toBe('/readyz');
});

test('the age of a queue is not divided by the number of workers', () => {
  const triggers = ofKind('ScaledObject').flatMap(({ spec }) => spec.triggers ?? []);
  const [age] = triggers.filter(({ metadata }) => metadata.query?.includes('booking_queue_oldest_seconds'));
  expect(age?.metricType).toBe('Value');
});

test('the ingress removes the headers that clients must not set', () => {
  expect(configMap('headers-from-outside')).toEqual({ traceparent: '', tracestate: '' });
});
