import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';
import type { FaultKind, Heal } from './fault.ts';

const common = { group: 'redis', targets: ['redis'] } as const;
/** Faults that consist of a command to one server. */
const toOneServer = {
  ...common,
  obstacle: ({ servers }: World) => (servers.isReplicated ? 'Redis runs on several servers' : null),
};

/** Redis has less memory than it uses: every write is refused. */
async function fill({ servers }: World): Promise<Heal> {
  const [, before = '0'] = (await servers.command('config', 'get', 'maxmemory')) as string[];
  await servers.command('config', 'set', 'maxmemory', '1mb');
  return async () => void (await servers.command('config', 'set', 'maxmemory', before));
}

/** Every channel that somebody listens on gets a message that nobody understands. */
async function publishGarbage({ servers }: World): Promise<Heal> {
  const channels = (await servers.command('pubsub', 'channels', '*')) as string[];
  for (const channel of channels) await servers.command('publish', channel, 'garbage');
  return () => undefined;
}

/** One connection, of whichever service. */
async function dropOne({ servers }: World, _target: string, random: Random): Promise<Heal> {
  const list = String(await servers.command('client', 'list', 'type', random.pick(['normal', 'pubsub'])));
  const own = String(await servers.command('client', 'id'));
  const ids = [...list.matchAll(/^id=(\d+)/gm)].map(([, id]) => id as string).filter((id) => id !== own);
  if (ids.length > 0) await servers.command('client', 'kill', 'id', random.pick(ids));
  return atOnce;
}

function freeze({ servers: { redis } }: World): Heal {
  redis.kill('SIGSTOP');
  return () => redis.kill('SIGCONT');
}

const atOnce = () => undefined;

export const redisFaults: FaultKind[] = [
  {
    ...common,
    name: 'redis-kill',
    weight: 2,
    durationMs: [50, 3_000],
    inflict({ servers: { redis } }) {
      redis.kill('SIGKILL');
      return () => redis.restart();
    },
  },
  { ...common, name: 'redis-freeze', weight: 2, durationMs: [100, 8_000], inflict: freeze },
  { ...common, name: 'redis-hiccup', weight: 12, brief: true, durationMs: [100, 500], inflict: freeze },
  { ...toOneServer, name: 'redis-drop-one', weight: 24, brief: true, durationMs: [10, 20], inflict: dropOne },
  { ...toOneServer, name: 'redis-full', weight: 1, durationMs: [200, 4_000], inflict: fill },
  {
    ...toOneServer,
    name: 'redis-drop-subscribers',
    weight: 2,
    durationMs: [10, 20],
    async inflict({ servers }) {
      await servers.command('client', 'kill', 'type', 'pubsub');
      return atOnce;
    },
  },
  {
    ...toOneServer,
    name: 'redis-drop-clients',
    weight: 1,
    durationMs: [10, 20],
    async inflict({ servers }) {
      await servers.command('client', 'kill', 'type', 'normal', 'skipme', 'yes');
      return atOnce;
    },
  },
  { ...toOneServer, name: 'redis-garbage', weight: 4, brief: true, durationMs: [10, 20], inflict: publishGarbage },
];
