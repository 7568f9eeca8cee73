import { isGlob, servesModel } from '@quotakeeper/quota-core/rules'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { geminiMethods } from '../endpoints/gemini/gemini-call.js'
import { googleModel } from '../endpoints/gemini/google-model.js'
import { anthropicToken } from '../endpoints/messages/anthropic-error.js'
import { invalidRequest } from '../endpoints/openai-error.js'
import { type CallableModel, callableModels } from '../routing/callable-models.js'
import type { RouteDeps } from '../routing/route-deps.js'
import type { ReadyProvider } from '../routing/routing-table.js'
import { listedName, modelPage } from './model-page.js'
import { type OpenAiError, sendError } from './send-error.js'

/** Dependencies of listing. */
type ModelsDeps = Pick<RouteDeps, 'routing' | 'catalogue' | 'barred' | 'consumers' | 'clock'>

/**
 * Serves `GET /v1/models`, the callable names, and `GET /v1/models/NAME`: the same body for clients of OpenAI and
 * Anthropic. Below `/v1beta` in Google's format those that can be called by Gemini's own API. A client with a token of a
 * consumer sees the names that it may call, without providers and vendors.
 */
export function models(app: FastifyInstance, deps: ModelsDeps): void {
  const config = { clientToken: anthropicToken }
  app.get('/v1/models', { config }, async (request, reply) => {
    const all = await callable(deps, request)
    const read = modelPage(all, new URLSearchParams(request.url.split('?')[1]))
    return 'page' in read ? read.page : sendError(reply, 400, read.fault)
  })

  // Names may contain slashes, encoded or not.
  app.get<{ Params: { readonly '*': string } }>('/v1/models/*', { config }, async (request, reply) => {
    const id = request.params['*']
    const found = (await callable(deps, request)).find(model => model.id === id)
    if (found !== undefined) return listedName(found)
    return sendError(reply, 404, notServed(id, '/v1/models'))
  })

  app.get('/v1beta/models', async request => ({
    models: (await callable(deps, request, isNative)).map(googleModel),
  }))

  app.get<{ Params: { readonly '*': string } }>('/v1beta/models/*', async (request, reply) => {
    const id = request.params['*']
    const found = (await callable(deps, request, isNative)).find(model => model.id === id)
    return found === undefined ? sendError(reply, 404, notServed(id, '/v1beta/models')) : googleModel(found)
  })
}

/** Whether a provider has Gemini's own API. */
function isNative({ endpoints }: ReadyProvider): boolean {
  return geminiMethods.every(method => endpoints.has(method))
}

function notServed(id: string, list: string): OpenAiError {
  const message = `The model "${id.slice(0, 200)}" is not served here; GET ${list} lists those that are.`
  return invalidRequest(message, 'model', 'model_not_found')
}

async function callable(
  { routing, catalogue, barred, consumers, clock }: ModelsDeps,
  { tokenConsumer }: Pick<FastifyRequest, 'tokenConsumer'>,
  isWanted: (provider: ReadyProvider) => boolean = () => true,
): Promise<readonly CallableModel[]> {
  const all = routing.current()
  const table = { ...all, ready: all.ready.filter(isWanted) }
  // A provider with only full model names needs no list of its vendor.
  const open = table.ready.filter(({ enabled, models: globs }) => enabled && globs.some(isGlob))
  const listed = await catalogue.modelsOf(open)
  const names = callableModels(table, {
    listed,
    barred,
    nowMs: clock(),
    isOfConsumer: tokenConsumer !== null,
  })
  const settings = await consumers.of(tokenConsumer ?? '')
  if (settings === null) return names
  return names.filter(({ id }) =>
    settings.models.every(globs => globs.includes('*') || servesModel(globs, id)),
  )
}
