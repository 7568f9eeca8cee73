import type { FastifyInstance } from 'fastify'
import type { Settings } from '../settings.js'
import { StartupError } from '../startup-error.js'

/**
 * Listens where the settings say.
 *
 * @returns the address that it is reached at
 * @throws StartupError in one line
 */
export async function listen(app: FastifyInstance, settings: Settings): Promise<string> {
  const { gatewayHost: host, gatewayPort: port } = settings
  try {
    return await app.listen({
      host,
      port,
      listenTextResolver: address => `Quotakeeper's gateway listens on ${address}`,
    })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null
    throw new StartupError(
      code === 'EADDRINUSE'
        ? `port ${port} of ${host} is in use: stop what listens there, or set QUOTA_GATEWAY_PORT`
        : `cannot listen on ${host}:${port} (${code ?? 'unknown reason'})`,
      { cause },
    )
  }
}
