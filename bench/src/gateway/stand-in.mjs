// A vendor with immediate, constant answers and minimal overhead, in a separate process: node stand-in.mjs
// PORT.
import { createServer } from 'node:http'

const words = 20
const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'stand-in' }
const usage = { prompt_tokens: 12, completion_tokens: words, total_tokens: 12 + words }

const completion = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'word '.repeat(words) }, finish_reason: 'stop' },
  ],
  usage,
})

/** @param {object} fields */
function event(fields) {
  return `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`
}

const word = event({ choices: [{ index: 0, delta: { content: 'word ' }, finish_reason: null }] })
const last = event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
const counted = event({ choices: [], usage })

const server = createServer((request, response) => {
  /** @type {Buffer[]} */
  const parts = []
  request.on('data', part => parts.push(part))
  request.on('end', () => {
    if (!Buffer.concat(parts).includes('"stream":true')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(completion)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let index = 0; index < words; index++) response.write(word)
    response.write(last)
    response.write(counted)
    response.end('data: [DONE]\n\n')
  })
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.argv[2]), '127.0.0.1')
