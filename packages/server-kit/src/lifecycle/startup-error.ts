/** Why the server does not start, in one line for its operator: what is wrong, and what to do. */
export class StartupError extends Error {
  override readonly name = 'StartupError'
}
