/** Exit codes, for scripts. */
export const exitCodes = {
  done: 0,
  /** The command failed or was refused. */
  failed: 1,
  /** The command line is wrong, or the API refused the input. */
  usage: 2,
  /** The API, or the store behind it, does not answer. */
  unreachable: 3,
  /** Interrupted; the shells' code for SIGINT. */
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Why a command failed, in one line with the remedy. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** The failure of a wrong command line. */
export function usageFailure(message: string): Failure {
  return new Failure(message, exitCodes.usage)
}
