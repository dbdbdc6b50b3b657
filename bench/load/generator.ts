import type { LoadOptions, LoadResult } from './load.ts';
import type { TemplateLoad, TemplateResult } from './template.ts';

export interface Generator {
  /** Name and version. */
  name: string;
  run(options: LoadOptions): Promise<LoadResult>;
  runTemplate(options: TemplateLoad): Promise<TemplateResult>;
}
