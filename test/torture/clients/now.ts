/** Milliseconds of the one clock that histories, faults and clients share. */
export const now = (): number => performance.now();
