import { Agent, request } from 'node:http'

/**
 * Chat completions as requested by clients: whole, streamed, and streamed by a client that disconnects.
 * @param {string} url
 */
export function chatClient(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  let count = 0
  const ask = (/** @type {{ isStream: boolean, hangsUp: boolean }} */ { isStream, hangsUp }) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({
        model: 'stand-in',
        stream: isStream,
        max_tokens: 100,
        messages: [{ role: 'user', content: 'Say twenty words.' }],
      })
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
      const call = request(url, { agent, method: 'POST', headers }, response => {
        if (hangsUp) {
          response.once('data', () => {
            response.destroy()
            resolve(undefined)
          })
          response.once('error', () => resolve(undefined))
          return
        }
        response.resume()
        response.once('error', reject)
        response.once('end', () => {
          if (response.statusCode === 200) resolve(undefined)
          else reject(new Error(`the gateway answered ${response.statusCode}`))
        })
      })
      call.once('error', error => (hangsUp ? resolve(undefined) : reject(error)))
      call.end(body)
    })
  return {
    /** Every second call is streamed; every tenth disconnects before the end of its answer. */
    call: () => {
      count++
      return ask({ isStream: count % 2 === 0, hangsUp: count % 10 === 0 })
    },
    close: () => agent.destroy(),
  }
}
