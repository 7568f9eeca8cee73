import { chatCompletions } from './chat-completions/chat-completions.js'
import { embeddings } from './embeddings/embeddings.js'
import type { Endpoint } from './endpoint.js'

/** What the gateway serves. A new endpoint is a folder beside this file, and a line here. */
export const servedEndpoints: readonly Endpoint[] = [chatCompletions, embeddings]
