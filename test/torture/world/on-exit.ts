/** Clean-up that runs however this process exits. One listener, whatever the number of campaigns. */
const endings = new Set<() => void>();

process.on('exit', () => {
  for (const end of [...endings].reverse()) end();
});

/** Calls `end` when this process exits; it must not wait for anything. Returns a function that unregisters it. */
export function onExit(end: () => void): () => void {
  endings.add(end);
  return () => void endings.delete(end);
}
