export {
  type BookingOptions,
  type Boxoffice,
  type BoxofficeOptions,
  createBoxoffice,
  type OutcomeOptions,
  randomKey,
} from './client.ts';
export { NoAnswerError, ProblemError } from './errors.ts';
export { type Patience, patiently } from './patiently.ts';
export type * from './schema.ts';
export type { SeatsView } from './streams.ts';
export { memoryTokens, storedTokens, type TokenStore, type Tokens } from './tokens.ts';
