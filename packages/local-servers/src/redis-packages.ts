import { type ProgramFile, programFromPackages, type UnpackOptions } from './debian-packages.ts';

export type FindRedisOptions = UnpackOptions;
export type RedisFile = ProgramFile;

/**
 * Fetches `redis-server` unless an earlier call has.
 *
 * @throws when there is no apt-get, it fails, or what it fetched does not run
 */
export function redisFromPackages(options: FindRedisOptions): Promise<RedisFile> {
  const packages = ['redis-server', 'redis-tools'];
  return programFromPackages({ name: 'redis', packages, program: 'usr/bin/redis-server' }, options);
}
