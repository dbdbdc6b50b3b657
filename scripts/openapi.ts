/** Writes the gateway's OpenAPI document to the file named on the command line. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildOpenApi } from '../services/gateway/src/openapi.ts';

const file = process.argv[2] ?? '.boxoffice/openapi.json';
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, JSON.stringify(await buildOpenApi(), null, 2));
