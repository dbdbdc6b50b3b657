/** A process that receives traces (OTLP over HTTP) and discards them. */
import { createServer } from 'node:http';
import { loadConfig } from '@boxoffice/shared/service/config';

process.title = 'boxoffice-bench-collector';
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
});
server.listen(loadConfig().PORT, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
