/** One replacement in one file of the copy. */
interface Edit {
  file: string;
  /** Found exactly once, or the bug no longer applies and says so. */
  find: string;
  replace: string;
}

/** A mistake that the campaign must find. */
export interface Bug {
  name: string;
  /** One line about what it does, for the report. */
  says: string;
  edits: Edit[];
  /** Faults that bring it out, as `--faults` takes them. */
  faults: string;
  perSecond?: number;
  /** How long a storm lasts, in milliseconds; default: a few seconds, because a verdict comes at the end of each. */
  stormMs?: number;
  /** The campaign must find at least one of these rules broken. */
  rules: string[];
}
