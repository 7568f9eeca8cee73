/**
 * Tells who has started this process, where that listens, that the start goes on: moving a large database or
 * recovering one may take longer than a launcher waits for one that says nothing.
 */
export function notifyLauncher(text: string): void {
  // Only a launcher that has opened a channel to this process has given it the means.
  if (process.connected) process.send?.({ starting: text }, () => undefined)
}
