import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { hasLeft, ownerName } from './owner.ts';

/** A server for the tests, whatever provides it. */
export interface GivenServer {
  url: string;
  stop(): Promise<void>;
}

const pullTimeoutMs = 120_000;
const ownerLabel = 'boxoffice.test-run';

/** Removes the containers of interrupted test runs. Testcontainers' own cleaner does so too, where it can run. */
export async function sweepContainers(): Promise<void> {
  const client = await getContainerRuntimeClient().catch(() => null);
  for (const { Id, Labels } of (await client?.container.list()) ?? []) {
    const owner = Labels[ownerLabel];
    if (client && owner && hasLeft(owner)) await client.container.getById(Id).remove({ force: true, v: true });
  }
}

/** PostgreSQL in a container, or null where no container runtime can start it. */
export async function containerPostgres(): Promise<GivenServer | null> {
  const container = await startContainer(() =>
    new GenericContainer('postgres:18')
      .withEnvironment({ POSTGRES_USER: 'boxoffice', POSTGRES_PASSWORD: 'test', POSTGRES_DB: 'boxoffice' })
      .withCommand(['postgres', '-c', 'max_connections=200', '-c', 'fsync=off', '-c', 'full_page_writes=off'])
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forListeningPorts()),
  );
  return (
    container &&
    given(container, `postgres://boxoffice:test@${container.getHost()}:${container.getMappedPort(5432)}/boxoffice`)
  );
}

/** Valkey in a container, or null where no container runtime can start it. */
export async function containerRedis(): Promise<GivenServer | null> {
  const settings = [
    '--appendonly',
    'yes',
    '--appendfsync',
    'no',
    '--maxmemory-policy',
    'noeviction',
    '--databases',
    '64',
  ];
  const container = await startContainer(() =>
    new GenericContainer('valkey/valkey:9').withCommand(['valkey-server', ...settings]).withExposedPorts(6379),
  );
  return container && given(container, `redis://${container.getHost()}:${container.getMappedPort(6379)}`);
}

/** Returns null also when the engine responds but has neither the image nor a registry to pull it from. */
async function startContainer(make: () => GenericContainer): Promise<StartedTestContainer | null> {
  try {
    await getContainerRuntimeClient();
  } catch {
    return null;
  }
  const started = await start(make);
  if (started || process.env.TESTCONTAINERS_RYUK_DISABLED === 'true') return started;
  // The missing image may be that of Testcontainers' cleaner, which is dispensable: global set-up stops its containers.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  return start(make);
}

async function start(make: () => GenericContainer): Promise<StartedTestContainer | null> {
  const container = make()
    .withLabels({ [ownerLabel]: ownerName(process.pid) })
    .start();
  const started = new AbortController();
  try {
    return await Promise.race([container, rejectAfter(pullTimeoutMs, started.signal)]);
  } catch {
    container.then((unwanted) => unwanted.stop()).catch(() => {});
    return null;
  } finally {
    started.abort();
  }
}

function rejectAfter(timeoutMs: number, signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`not started after ${timeoutMs} ms`)), timeoutMs);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}

function given(container: StartedTestContainer, url: string): GivenServer {
  return {
    url,
    stop: async () => {
      await container.stop({ timeout: 1_000 });
    },
  };
}
