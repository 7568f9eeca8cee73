import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { chatChunks } from './chat-chunks.js'
import { completionBody, writeCompletion } from './chat-completion.js'
import type { PlainAnswer, Reaction, VendorCall } from './reaction.js'

/** Performs a reaction. A disconnected client is not an error: listeners of the response's `close` handle it. */
export async function sendReaction(options: {
  readonly response: ServerResponse
  readonly call: VendorCall
  readonly reaction: Reaction
  /** Sent unless set by the reaction. */
  readonly headers: Readonly<Record<string, string>>
  /** Breaks the connection. */
  readonly cut: () => void
}): Promise<void> {
  const { response, call, reaction, cut } = options
  if (reaction.kind === 'hang') return
  if (reaction.delayMs !== undefined) await wait(reaction.delayMs)
  if (response.destroyed) return
  if (reaction.kind === 'cut') return cut()
  const headers = { ...options.headers, ...reaction.headers }
  if (reaction.kind === 'pieces') return sendPieces(response, reaction, cut)
  if (reaction.kind === 'answer') return sendAnswer(response, { ...reaction, headers })
  const completion = writeCompletion(call, reaction)
  if (call.body['stream'] !== true) {
    return sendAnswer(response, {
      kind: 'answer',
      httpStatus: 200,
      headers,
      body: completionBody(completion),
    })
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', ...headers })
  let textChunks = 0
  for (const chunk of chatChunks(completion, includesUsage(call))) {
    if (textChunks === reaction.cutAfterChunks && (chunk.hasText || textChunks > 0)) return cut()
    if (response.destroyed) return
    // Each chunk is flushed before the next, so that a break loses none of the earlier ones.
    await new Promise<void>(resolve => response.write(`data: ${chunk.data}\n\n`, () => resolve()))
    if (chunk.hasText) textChunks += 1
    if (reaction.chunkDelayMs !== undefined) await wait(reaction.chunkDelayMs)
  }
  response.end()
}

function sendAnswer(response: ServerResponse, answer: PlainAnswer): void {
  const isText = typeof answer.body === 'string'
  response.writeHead(answer.httpStatus, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json',
    ...answer.headers,
  })
  response.end(isText || answer.body instanceof Uint8Array ? answer.body : JSON.stringify(answer.body))
}

async function sendPieces(
  response: ServerResponse,
  { headers, pieces, pieceDelayMs, ending = 'end' }: Extract<Reaction, { kind: 'pieces' }>,
  cut: () => void,
): Promise<void> {
  response.writeHead(200, headers)
  response.flushHeaders()
  for await (const piece of pieces) {
    if (response.destroyed) return
    await new Promise<void>(resolve => response.write(piece, () => resolve()))
    if (pieceDelayMs !== undefined) await wait(pieceDelayMs)
  }
  if (ending === 'cut') cut()
  if (ending === 'end') response.end()
}

function includesUsage(call: VendorCall): boolean {
  const streamOptions = call.body['stream_options']
  return (
    typeof streamOptions === 'object' &&
    streamOptions !== null &&
    'include_usage' in streamOptions &&
    streamOptions.include_usage === true
  )
}
