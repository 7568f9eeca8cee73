import { StartupError } from './startup-error.js'

/** What of a server listening needs: Fastify's has it. */
interface Listener {
  listen(options: {
    readonly host: string
    readonly port: number
    readonly listenTextResolver: (address: string) => string
  }): Promise<string>
}

/** Where to listen. */
export interface ListenOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** What listens there, in the log: `Quotakeeper's API`. */
  readonly name: string
  /** The variable by which another port is set. */
  readonly portVariable: string
}

/**
 * Listens.
 *
 * @returns the address that it is reached at
 * @throws StartupError in one line
 */
export async function listen(app: Listener, options: ListenOptions): Promise<string> {
  const { host, port, name, portVariable } = options
  try {
    return await app.listen({ host, port, listenTextResolver: address => `${name} listens on ${address}` })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    throw new StartupError(
      code === 'EADDRINUSE'
        ? `port ${port} of ${host} is in use: stop the program that listens there, or set ${portVariable}`
        : `cannot listen on ${host}:${port} (${code ?? 'unknown reason'})`,
      { cause },
    )
  }
}
