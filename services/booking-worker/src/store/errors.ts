/** Someone else changed what this decision depends on: read again, decide again. */
export class DecisionConflict extends Error {
  override name = 'DecisionConflict';
}

/** Another worker owns the partitions of these leases, or soon will: a decision made here would come too late. */
export class LeaseLost extends Error {
  override name = 'LeaseLost';
  /** The sessions that held the leases. */
  readonly sessions: readonly number[];

  constructor(sessions: readonly number[]) {
    super(`the session that held the leases has ended (${sessions.join(', ')})`);
    this.sessions = sessions;
  }
}

/** The number of partitions has changed, so the leases cover other shows than was assumed. */
export class PartitionCountChanged extends Error {
  override name = 'PartitionCountChanged';

  constructor(assumed: number | null, actual: number | null) {
    super(`there are ${actual} partitions now, not ${assumed}`);
  }
}

/** Our own code cannot handle a request: a bug, which must not keep the requests behind it waiting. */
export class Undecidable extends Error {
  override name = 'Undecidable';
}
