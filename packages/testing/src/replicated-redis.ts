import type { Server } from '@boxoffice/local-servers/server';

/** Servers of Redis that replicate each other. */
export interface ReplicatedRedis {
  /** For the services. */
  url: string;
  servers: Server[];
  stop(): Promise<void>;
}

/** Where servers keep their data and their program. */
export interface ServerHome {
  /** A folder for one server. */
  folderOf(name: string): string;
  binDir: string;
}
