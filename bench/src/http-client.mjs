import { Agent, request } from 'node:http'

/**
 * A client of the API over keep-alive connections with minimal overhead, to measure the API. Answers are
 * parsed.
 * @param {string} origin @param {number} connections
 */
export function httpClient(origin, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const send = (
    /** @type {string} */ method,
    /** @type {string} */ path,
    /** @type {string | undefined} */ body,
    /** @type {(text: string) => any} */ parse = JSON.parse,
  ) =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' }
      const call = request(`${origin}${path}`, { agent, method, headers }, response => {
        /** @type {Buffer[]} */
        const parts = []
        response.on('data', part => parts.push(part))
        response.once('error', reject)
        response.once('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          if (response.statusCode === 200) resolve(parse(text))
          else
            reject(new Error(`${method} ${path} was answered ${response.statusCode}: ${text.slice(0, 500)}`))
        })
      })
      call.once('error', reject)
      call.end(body)
    })
  /** The data of a procedure's answer. @param {any} answer */
  const dataOf = answer => answer.result.data
  return {
    /** A query of the API. @param {string} procedure @param {object} [input] */
    query: (procedure, input) =>
      send(
        'GET',
        `/trpc/${procedure}${input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`}`,
        undefined,
      ).then(dataOf),
    /** A mutation of the API. @param {string} procedure @param {object} input */
    mutate: (procedure, input) => send('POST', `/trpc/${procedure}`, JSON.stringify(input)).then(dataOf),
    /** A plain GET request. @param {string} path */
    get: path => send('GET', path, undefined),
    /** A plain GET request, answered by the text itself. @param {string} path */
    text: path => send('GET', path, undefined, text => text),
    close: () => agent.destroy(),
  }
}
