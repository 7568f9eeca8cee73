import { readEnvFile } from './env-file.mjs'

/** @typedef {{ readonly host: string, readonly port: number, readonly origin: string }} Address `origin`: to reach it from here */

/**
 * Reads where the two applications will listen. They read their settings themselves, the environment before
 * `.env`; this reads the same four variables and passes nothing else of the file on.
 *
 * @param {{ environment: NodeJS.ProcessEnv, envFile: string }} sources
 * @returns {{ api: Address, gateway: Address, apiUrl: string }} `apiUrl`: the API's address for the gateway
 * @throws Error with the setting if a port is invalid
 */
export function readAddresses({ environment, envFile }) {
  const file = readEnvFile(envFile)
  /** @param {string} name @param {string} fallback */
  const read = (name, fallback) => environment[name] || file[name] || fallback
  /** @param {string} prefix @param {string} fallbackPort @returns {Address} */
  const address = (prefix, fallbackPort) => {
    const host = read(`${prefix}_HOST`, '127.0.0.1')
    const port = Number(read(`${prefix}_PORT`, fallbackPort))
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new Error(`${prefix}_PORT must be a port from 1 to 65535`)
    }
    return { host, port, origin: `http://${reachable(host)}:${port}` }
  }
  const api = address('QUOTA_API', '4000')
  const gateway = address('QUOTA_GATEWAY', '4100')
  return { api, gateway, apiUrl: read('QUOTA_API_URL', api.origin) }
}

/** The loopback address for a wildcard address. @param {string} host */
function reachable(host) {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
