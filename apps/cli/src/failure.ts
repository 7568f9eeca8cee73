/** What the process ends with, for scripts. */
export const exitCodes = {
  done: 0,
  /** What was asked for failed, or was refused. */
  failed: 1,
  /** The command line is wrong: nothing was attempted, or the API found the input wrong. */
  usage: 2,
  /** The API, or the store behind it, does not answer. */
  unreachable: 3,
  /** Interrupted, as shells have it for SIGINT. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Why a command ends without having done what it was asked for, in one line that names the remedy. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The failure of a command line that is wrong. */
export function usageFailure(message: string): Failure {
  return new Failure(message, exitCodes.usage)
}
