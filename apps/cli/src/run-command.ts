import { type Command, CommanderError } from 'commander'
import { toFailure } from './api/to-failure.js'
import { type ExitCode, exitCodes, Failure } from './failure.js'
import { openSession, type Runner, type Session } from './session.js'

export type { Runner }

/** A command's handler; no exit code means success. */
type Handler<Args extends readonly unknown[]> = (
  session: Session,
  ...args: Args
) => Promise<ExitCode> | Promise<void>

/**
 * The action of a command: opens a session, runs the handler, and converts errors of the API to failures. Commander
 * passes the arguments, then the options, then the command.
 */
export function action<Args extends readonly unknown[]>(runner: Runner, handler: Handler<Args>) {
  return async (...given: readonly unknown[]): Promise<void> => {
    const command = given.at(-1) as Command
    const session = openSession(command, runner)
    try {
      // Each command declares the types of its arguments and options, and Commander passes them as declared.
      const args = given.slice(0, -1) as readonly unknown[] as Args
      const exitCode = await handler(session, ...args)
      process.exitCode = typeof exitCode === 'number' ? exitCode : exitCodes.done
    } catch (error) {
      throw toFailure(error, session.api.url)
    }
  }
}

/** The exit code of an error and its one-line message; null for no message. */
export function exitCodeOf(
  error: unknown,
  signal: AbortSignal,
): { readonly exitCode: ExitCode; readonly line: string | null } {
  if (signal.aborted) return { exitCode: exitCodes.interrupted, line: null }
  // Commander has printed it already. Requested help has exit code 0.
  if (error instanceof CommanderError)
    return { exitCode: error.exitCode === 0 ? exitCodes.done : exitCodes.usage, line: null }
  if (error instanceof Failure) return { exitCode: error.exitCode, line: error.message }
  return { exitCode: exitCodes.failed, line: error instanceof Error ? error.message : String(error) }
}
