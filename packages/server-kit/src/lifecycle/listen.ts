import { type Closable, endConnections } from './end-connections.js'
import { StartupError } from './startup-error.js'

/** The part of a Fastify server that `listen` needs. */
interface Listener extends Closable {
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
  /** Name of the server in the log: `Quotakeeper's API`. */
  readonly name: string
  /** The variable that sets the port. */
  readonly portVariable: string
}

/**
 * Starts listening. Closing the server then waits for answers under way alone.
 *
 * @returns the server's address
 * @throws StartupError in one line
 */
export async function listen(app: Listener, options: ListenOptions): Promise<string> {
  const { host, port, name, portVariable } = options
  endConnections(app)
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
