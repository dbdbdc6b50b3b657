/** Prometheus and promtool: those on PATH, otherwise from Debian's or Ubuntu's packages. */
import { join } from 'node:path';
import { type ProgramFile, programFromPackages, type UnpackOptions } from './debian-packages.ts';
import { onPath } from './on-path.ts';

export interface PrometheusPrograms {
  prometheus: string;
  promtool: string;
  env: Record<string, string>;
}

/** @throws when they are neither on PATH nor can be fetched, with the reason */
export async function findPrometheus(options: UnpackOptions): Promise<PrometheusPrograms> {
  const [prometheus, promtool] = [onPath('prometheus'), onPath('promtool')];
  if (prometheus && promtool) return { prometheus, promtool, env: {} };
  const wanted = { name: 'prometheus', packages: ['prometheus'], program: 'usr/bin/prometheus' };
  const { file, env = {} }: ProgramFile = await programFromPackages(wanted, options);
  return { prometheus: file, promtool: join(file, '../promtool'), env };
}
