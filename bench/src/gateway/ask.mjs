import { Agent, request } from 'node:http'

/** The request sent to every gateway. @param {boolean} isStream */
function bodyOf(isStream) {
  return JSON.stringify({
    model: 'stand-in',
    ...(isStream && { stream: true }),
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Say twenty words.' }],
  })
}

/**
 * Requests a completion over keep-alive connections, and reads the whole answer.
 * @param {import('./contenders.mjs').Target} target @param {{ isStream: boolean, connections: number }} how
 */
export function asking(target, { isStream, connections }) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const body = bodyOf(isStream)
  const headers = {
    ...target.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  }
  const expected = isStream ? 'data: [DONE]' : '"finish_reason":"stop"'
  const ask = () =>
    new Promise((resolve, reject) => {
      const call = request(target.url, { agent, method: 'POST', headers }, response => {
        /** @type {Buffer[]} */
        const parts = []
        response.on('data', part => parts.push(part))
        response.once('error', reject)
        response.once('end', () => {
          const text = Buffer.concat(parts).toString('utf8')
          if (response.statusCode === 200 && text.includes(expected)) resolve(undefined)
          else reject(new Error(`${target.name} answered ${response.statusCode}: ${text.slice(0, 300)}`))
        })
      })
      call.once('error', reject)
      call.end(body)
    })
  return { ask, close: () => agent.destroy() }
}
