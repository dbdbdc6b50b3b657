export const bugNames: readonly string[] = [];
