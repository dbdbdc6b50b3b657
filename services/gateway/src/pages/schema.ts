import { hash } from 'node:crypto';
import { matchesIfNoneMatch } from '@boxoffice/shared/service/conditional-requests';
import type { Http } from '@boxoffice/shared/service/http';
import { stringify } from 'yaml';

interface Document {
  type: string;
  text: string;
  etag: string;
}

/** Serves the OpenAPI document as JSON and YAML. Each is written once: YAML takes longer than a hundred bookings. */
export function addSchema(http: Http): void {
  const json = once(() => document('application/json; charset=utf-8', JSON.stringify(http.swagger())));
  const yaml = once(() =>
    document('application/yaml; charset=utf-8', stringify(http.swagger(), { aliasDuplicateObjects: false })),
  );
  http.get('/schema/', { schema: { hide: true } }, async (request, reply) => {
    const { format } = request.query as { format?: string };
    const wantsYaml = format ? format === 'yaml' : /yaml/.test(request.headers.accept ?? '');
    const { type, text, etag } = wantsYaml ? yaml() : json();
    reply.headers({ etag, vary: 'accept', 'cache-control': 'no-cache' });
    if (matchesIfNoneMatch(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.type(type).send(text);
  });
}

function document(type: string, text: string): Document {
  return { type, text, etag: `"${hash('sha256', text, 'base64url')}"` };
}

function once(write: () => Document): () => Document {
  let written: Document | undefined;
  return () => {
    written ??= write();
    return written;
  };
}
