import type { Author } from '@boxoffice/shared/contracts/audit';

/** What writing shows depends on, besides the shows. */
export interface ShowContext extends ShowSettings {
  author: Author;
}

export interface ShowSettings {
  /** Between two shows on a screen. */
  turnaroundMinutes: number;
  /** Whether there is a provider of online payments. */
  canPayOnline: boolean;
}
