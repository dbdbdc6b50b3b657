import { capture } from './capture.ts';
import { type OutboxJob, type OutboxKind, outboxVersion } from './outbox-kind.ts';
import { refund } from './refund.ts';
import { voidPayment } from './void.ts';

/** Every kind of row in the outbox. A new one is a file beside these and a line here. */
export const outboxKinds = { capture, void: voidPayment, refund };

/** Whether this release can carry out an outbox job. If not, only a later release can. */
export function isKnownJob({ kind, version = 1 }: OutboxJob): boolean {
  return version <= outboxVersion && Object.hasOwn(outboxKinds, kind);
}

type Kinds = typeof outboxKinds;
type DataOf<Kind> = Kind extends OutboxKind<infer Data> ? Data : never;

/** A row of the outbox before it is written. */
export type OutboxEntry = {
  [Kind in keyof Kinds]: { showId: number; kind: Kind; data: DataOf<Kinds[Kind]> };
}[keyof Kinds];
