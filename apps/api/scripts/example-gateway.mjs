import { once } from 'node:events'
import { createServer } from 'node:http'

/** What a gateway answers, by path: recorded, so that examples need no vendor. */
const answers = {
  '/healthz': { status: 'ok' },
  '/v1/models': {
    object: 'list',
    data: [{ id: 'llama-3.1-8b-instant', object: 'model', created: 0, owned_by: 'groq' }],
  },
  '/v1/keys/check': {
    keys: [
      {
        providerName: 'groq_1',
        vendor: 'groq',
        result: 'ok',
        httpStatus: 200,
        remedy: null,
        fingerprint: '1c7e90aa541c7e90aa541c7e90aa541c',
      },
    ],
  },
  '/v1/chat/completions': {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello!' }, finish_reason: 'stop' }],
  },
}

/**
 * Listens like a gateway, for the example calls that the API passes on to one.
 * @param {number} port
 */
export async function startExampleGateway(port) {
  const server = createServer((request, response) => {
    request.resume()
    const path = /** @type {keyof typeof answers} */ (request.url ?? '')
    response
      .writeHead(answers[path] === undefined ? 404 : 200, {
        'content-type': 'application/json',
        'x-quotakeeper-request-id': '0199a1b2-0000-7000-8000-000000000001',
      })
      .end(JSON.stringify(answers[path] ?? {}))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}
