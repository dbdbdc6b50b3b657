import { join, resolve } from 'node:path';
import { z } from 'zod';
import { splitHosts } from '../database/database-hosts.ts';
import { partitionLimit } from '../partition.ts';
import { parseRedisUrl } from './redis-url.ts';
import { TrustedProxies } from './trusted-proxies.ts';

/** The project's root folder. */
export const root = resolve(import.meta.dirname, '../../../..');

const port = z.coerce.number().int().min(0).max(65_535);
const count = z.coerce.number().int().positive();
const onePostgresUrl = z.url({ protocol: /^postgres(ql)?$/ });
const postgresUrl = z
  .string()
  .refine((text) => splitHosts(text).every((url) => onePostgresUrl.safeParse(url).success), { error: 'Invalid URL' })
  .optional();
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

function refuseBadRedisUrl(url: string, context: z.RefinementCtx): void {
  try {
    parseRedisUrl(url);
  } catch (error) {
    context.addIssue({ code: 'custom', message: `It ${(error as Error).message}` });
  }
}

/** Every variable, with its description and its default where there is a sensible one. */
export const Config = z.object({
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .default('development')
    .describe('production refuses development secrets and logs plain JSON'),
  DATA_DIR: z
    .string()
    .default(join(root, '.boxoffice'))
    .describe('where development data lives: embedded PostgreSQL and Redis, generated keys, pid file'),
  DATABASE_URL: postgresUrl.describe(
    'PostgreSQL to use, with a user who may migrate it; several servers as host1:5432,host2:5432; if unset, `pnpm start` runs its own',
  ),
  GATEWAY_DATABASE_URL: postgresUrl.describe(
    "the same database, with the gateway's login: user boxoffice_gateway; required in production",
  ),
  CATALOG_DATABASE_URL: postgresUrl.describe('the same for the catalog: user boxoffice_catalog'),
  WORKER_DATABASE_URL: postgresUrl.describe('the same for the booking-workers: user boxoffice_worker'),
  REDIS_URL: z
    .string()
    .superRefine(refuseBadRedisUrl)
    .optional()
    .describe(
      'Redis or Valkey to use: one server, redis+sentinel://h1,h2,h3/name or redis+cluster://h1,h2,h3, optionally with user:password@ before the hosts, and rediss for TLS; if unset, `pnpm start` runs its own',
    ),
  REDIS_REPLICA_ACKS: z.coerce
    .number()
    .int()
    .min(0)
    .max(5)
    .default(0)
    .describe('Redis replicas that must have a request before it is answered 202; if fewer have it, the answer is 503'),
  HOST: z.string().default('127.0.0.1').describe('address the gateway listens on'),
  PORT: port.default(3000).describe('port of the gateway, the only public one'),
  INTERNAL_HOST: z
    .string()
    .default('127.0.0.1')
    .describe('address of everything internal: the catalog, the booking-workers, the metrics of the gateway'),
  INTERNAL_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe('secret of at least 32 characters that the gateway sends to the catalog; required in production'),
  DRAIN_SECONDS: z.coerce
    .number()
    .int()
    .min(0)
    .max(5)
    .default(0)
    .describe(
      'how long a gateway continues to serve after SIGTERM while its /readyz says that it is stopping, so that the load balancer in front of it can notice',
    ),
  GATEWAYS: count
    .max(16)
    .default(1)
    .describe('gateway processes that `pnpm start` runs; several run behind HAProxy, which listens on PORT'),
  METRICS_PORT: port
    .default(9464)
    .describe(
      'internal port of the first gateway: metrics and details of its readiness; each further one takes the next port',
    ),
  CATALOG_PORT: port.default(3001).describe('internal port of the catalog'),
  CATALOG_URL: z
    .url()
    .optional()
    .describe('where the gateway finds the catalog; default: INTERNAL_HOST and CATALOG_PORT'),
  TURNAROUND_MINUTES: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_440)
    .default(15)
    .describe('minutes between the end of a movie and the next show on the same screen'),
  WORKER_PORT: port
    .default(3002)
    .describe('health and metrics port of the first booking-worker; each further one takes the next port'),
  WORKERS: count.max(64).default(1).describe('booking-worker processes that `pnpm start` runs'),
  SAMPLE_DATA: z.stringbool().optional().describe('load sample data at start; default: true, in production false'),
  BOOKING_PARTITIONS: count
    .max(partitionLimit)
    .optional()
    .describe('booking queues of a new installation; `pnpm repartition` changes the number later; default: 4'),
  BOOKING_QUEUE_LIMIT: count.default(10_000).describe('jobs that may wait in one partition before booking answers 503'),
  BOOKING_LIMIT_PER_MINUTE: count
    .optional()
    .describe(
      'requests to book, hold, confirm or cancel that one user may send to one gateway per minute, or at once; default: 300, in development 10000',
    ),
  HOLD_SECONDS: count.max(86_400).default(600).describe('how long seats are held before they must be confirmed'),
  PAYMENT_PROVIDER: z
    .enum(['stripe', 'test', 'none'])
    .optional()
    .describe('provider of online payments; default: none, in development test, which takes no money'),
  PAYMENT_SECONDS: count
    .max(86_400)
    .default(900)
    .describe('how long seats are held at least once their payment has begun'),
  PAYMENT_CALLS_PER_SECOND: count
    .max(1_000)
    .default(20)
    .describe(
      'calls that one gateway makes to the provider; Stripe allows 25 in test mode and 100 in live mode, for all gateways together',
    ),
  STRIPE_SECRET_KEY: z.string().optional().describe("Stripe's secret or restricted key, sk_… or rk_…"),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .optional()
    .describe("the signing secret, whsec_…, of Stripe's webhook endpoint <PUBLIC_URL>/api/payments/events/stripe/"),
  STRIPE_ALLOW_TEST_KEYS: z.stringbool().optional().describe('accepts a test key, sk_test_…, in production'),
  STRIPE_API_URL: z
    .url({ protocol: /^https?$/ })
    .default('https://api.stripe.com')
    .describe("where Stripe's API is; for tests and proxies"),
  UNDECIDED_LIMIT_PER_USER: count
    .optional()
    .describe(
      'undecided requests of one user through one gateway, a quarter of BOOKING_QUEUE_LIMIT at most; default: 200, in development 10000',
    ),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/, abort: true })
    .refine((text) => new URL(text).href === `${new URL(text).origin}/`, {
      error: 'Must be an origin, without a path',
      abort: true,
    })
    .transform((text) => new URL(text).origin)
    .optional()
    .describe(
      'origin under which clients reach the gateway, for links, e.g. https://tickets.example; required in production, in development where the gateway listens',
    ),
  TRUST_PROXY: TrustedProxies.default(false).describe(
    'reverse proxies whose X-Forwarded-* headers are believed: how many are in front of the gateway (e.g. 1, if clients cannot bypass them), or their networks (e.g. 10.0.0.0/8,::1)',
  ),
  CORS_ORIGINS: list
    .default([])
    .describe('comma-separated origins that browsers may call from, e.g. https://tickets.example'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('lowest severity that is logged'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'where an OpenTelemetry collector receives traces; if unset, nothing is traced. The standard OTEL_* variables apply, e.g. OTEL_TRACES_SAMPLER=parentbased_traceidratio and OTEL_TRACES_SAMPLER_ARG=0.01',
    ),
  JWT_PRIVATE_KEY: z
    .string()
    .optional()
    .describe(
      'Ed25519 private key, PKCS #8 PEM, \\n for line breaks; required in production, generated in development',
    ),
  SIGNUP_LIMIT_PER_MINUTE: count
    .optional()
    .describe('sign-ups per minute from one address; default: 20, in development 2000'),
  LOGIN_FAILURE_LIMIT_PER_MINUTE: count
    .default(10)
    .describe(
      'failed logins per minute of one user from one address, and ten times as many from the address; then waits that grow from one to fifteen minutes',
    ),
  LOGIN_LIMIT_PER_MINUTE: count
    .default(60)
    .describe(
      'logins per minute of one user from one address, successful or not, and ten times as many from the address',
    ),
  EVENT_STREAM_LIMIT: count.default(10_000).describe('event streams that one gateway may have open'),
  EVENT_STREAM_LIMIT_PER_USER: count.default(10).describe('event streams about jobs that one user may have open'),
  EVENT_STREAM_LIMIT_PER_ADDRESS: count
    .default(200)
    .describe('event streams about seats that one address may have open'),
});
export type Config = z.infer<typeof Config>;
