/** What must be ended with us, however we end. One listener, whatever the number of campaigns. */
const endings = new Set<() => void>();

process.on('exit', () => {
  for (const end of [...endings].reverse()) end();
});

/** Calls `end` when this process exits; it must not wait for anything. Gives what takes that back. */
export function onExit(end: () => void): () => void {
  endings.add(end);
  return () => void endings.delete(end);
}
