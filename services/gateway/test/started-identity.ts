import type { AuditLineView } from '@boxoffice/shared/contracts/audit';
import type { AdminUserView, TokenPair } from '@boxoffice/shared/contracts/identity';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { eventually } from '@boxoffice/testing/eventually';
import { type Call, type GatewayOptions, type Response, type StartedGateway, startGateway } from './started-gateway.ts';

/** The fields that any response may have; each test reads its own. */
export type AnyBody = AdminUserView &
  TokenPair &
  Problem &
  Rows<AdminUserView & AuditLineView> & { next: string | null; keys: unknown[] };

export type IdentityResponse = Response<AnyBody>;

/** A gateway, ready to accept tokens, and what tests of accounts do with it. */
export interface StartedIdentity extends Omit<StartedGateway, 'call'> {
  /** The database with its owner's rights. */
  owner: MikroORM;
  call(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, call?: Call): Promise<IdentityResponse>;
  post(path: string, body: object, call?: Call): Promise<IdentityResponse>;
  /** Signs up a user whose password is `password`; returns the id. */
  signUp(username: string): Promise<number>;
  /** Logs in a user that `signUp` created. */
  logIn(username: string): Promise<TokenPair>;
  /** Creates an administrator; returns the id and an access token. */
  admin(username?: string): Promise<{ id: number; token: string }>;
}

export const password = 'correct horse';

export async function startIdentity(options: GatewayOptions = {}): Promise<StartedIdentity> {
  const gateway = await startGateway(options);
  const { http, databaseUrl, redis } = gateway;
  const owner = await openDatabase({ url: databaseUrl });
  await eventually(async () => {
    const { body } = await gateway.call<{ checks: { revocations: string } }>('GET', '/readyz');
    return body.checks.revocations === 'ok';
  });
  if (redis.status !== 'ready') await new Promise((resolve) => redis.once('ready', resolve));

  const started: StartedIdentity = {
    ...gateway,
    http,
    owner,
    call: (method, path, call) => gateway.call<AnyBody>(method, path, call),
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
    async stop() {
      await owner.close(true);
      await gateway.stop();
    },
  };
  return started;
}

function expectStatus(status: number, { status: actual, body }: IdentityResponse): AnyBody {
  if (actual !== status) throw new Error(`${actual} instead of ${status}: ${JSON.stringify(body)}`);
  return body;
}
