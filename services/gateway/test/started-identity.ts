import type { AuditLineView } from '@boxoffice/shared/contracts/audit';
import type { AdminUserView, TokenPair } from '@boxoffice/shared/contracts/identity';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { loadConfig } from '@boxoffice/shared/service/config';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openPatientRedis } from '@boxoffice/shared/service/redis';
import { createTestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis } from '@boxoffice/testing/redis';
import { AuditLines } from '../src/admin/audit-lines.ts';
import { adminAudit } from '../src/admin/routes/audit.ts';
import { adminUserRoutes } from '../src/admin/routes/users.ts';
import { addAuthentication } from '../src/http/authentication.ts';
import { AccessRevocations } from '../src/identity/access-revocations.ts';
import { Revocations } from '../src/identity/revocations.ts';
import { jwksRoute } from '../src/identity/routes/jwks.ts';
import { authRoutes } from '../src/identity/routes/routes.ts';
import { loadSigningKeys, type SigningKeys } from '../src/identity/signing-keys.ts';
import { Users } from '../src/identity/users.ts';
import type { Parts } from '../src/parts.ts';

/** What any answer may hold; each test reads the part it asked for. */
export type AnyBody = AdminUserView &
  TokenPair &
  Problem &
  Rows<AdminUserView & AuditLineView> & { next: string | null; keys: unknown[] };

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: AnyBody;
}

export interface Call {
  body?: object;
  /** Access token. */
  token?: string;
  /** Address that the request comes from. */
  ip?: string;
  headers?: Record<string, string>;
}

/** The gateway's identity operations, on a database and a Redis of their own. */
export interface StartedIdentity {
  http: Http;
  keys: SigningKeys;
  parts: Pick<Parts, 'config' | 'keys' | 'orm' | 'redis' | 'accessRevocations' | 'auditLines' | 'users'>;
  /** The database with its owner's rights. */
  owner: MikroORM;
  databaseUrl: string;
  call(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, call?: Call): Promise<Answer>;
  post(path: string, body: object, call?: Call): Promise<Answer>;
  /** Signs a user up whose password is `password`; gives the id. */
  signUp(username: string): Promise<number>;
  /** Logs in a user whom `signUp` made. */
  logIn(username: string): Promise<TokenPair>;
  /** Makes an administrator; gives the id and an access token. */
  admin(username?: string): Promise<{ id: number; token: string }>;
  stop(): Promise<void>;
}

export const password = 'correct horse';

interface Where {
  /** Other variables of the environment. */
  env?: Record<string, string>;
  databaseUrl?: string;
  redisUrl?: string;
}

export async function startIdentity({ env = {}, ...where }: Where = {}): Promise<StartedIdentity> {
  const database = where.databaseUrl ? null : await createTestDatabase();
  const testRedis = where.redisUrl ? null : await createTestRedis();
  const url = where.databaseUrl ?? database?.url ?? '';
  const config = loadConfig({ NODE_ENV: 'test', ...env });
  const logger = createLogger('gateway', { LOG_LEVEL: 'fatal' });
  const orm = await openDatabase({ url, role: 'boxoffice_gateway', statementTimeoutMs: 1_000 });
  const owner = await openDatabase({ url });
  const redis = openImpatientRedis(where.redisUrl ?? testRedis?.url ?? '', logger);
  const keys = loadSigningKeys(config);
  const subscriber = openPatientRedis(where.redisUrl ?? testRedis?.url ?? '', logger);
  const accessRevocations = new AccessRevocations({ revocations: new Revocations(orm), redis, subscriber, logger });
  const auditLines = new AuditLines(orm);
  const parts = { config, keys, orm, redis, accessRevocations, auditLines, users: new Users(orm) };
  const { http } = createHttp({ logger, checks: {} });
  addAuthentication(http, parts);
  authRoutes(http, parts);
  adminUserRoutes(http, parts);
  adminAudit(http, parts);
  jwksRoute(http, parts);
  await http.ready();
  await eventually(() => accessRevocations.check().then(() => true));
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));

  const started: Omit<StartedIdentity, 'stop'> = {
    http,
    keys,
    parts,
    owner,
    databaseUrl: url,
    async call(method, path, { body, token, ip, headers } = {}) {
      const answer = await http.inject({
        method,
        url: path,
        headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
        ...(body && { payload: body }),
        ...(ip && { remoteAddress: ip }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (answer.body ? answer.json() : null) as AnyBody,
      };
    },
    post: (path, body, call) => started.call('POST', path, { ...call, body }),
    async signUp(username) {
      const email = `${username}@example.com`;
      return expectStatus(201, await started.post('/api/auth/signup/', { username, email, password })).id;
    },
    async logIn(username) {
      return expectStatus(200, await started.post('/api/auth/login/', { username, password }));
    },
    async admin(username = 'root') {
      const id = await started.signUp(username);
      await owner.em.fork().execute("update identity.users set role = 'admin' where id = ?", [id]);
      return { id, token: (await started.logIn(username)).access };
    },
  };
  return {
    ...started,
    async stop() {
      await http.close();
      await orm.close(true);
      await owner.close(true);
      accessRevocations.close();
      redis.disconnect();
      subscriber.disconnect();
      await Promise.all([database?.drop(), testRedis?.drop()]);
    },
  };
}

function expectStatus(status: number, answer: Answer): AnyBody {
  if (answer.status !== status)
    throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
