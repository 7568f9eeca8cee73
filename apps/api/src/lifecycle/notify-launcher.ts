/**
 * Reports progress of the start to the launcher, if it listens: moving or recovering a large database may take longer
 * than the launcher's timeout without a message.
 */
export function notifyLauncher(text: string): void {
  // `send` exists only if the launcher opened an IPC channel.
  if (process.connected) process.send?.({ starting: text }, () => undefined)
}
