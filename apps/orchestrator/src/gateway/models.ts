import { isGlob } from '@quotakeeper/quota-core/rules'
import type { FastifyInstance } from 'fastify'
import { anthropicToken } from '../endpoints/messages/anthropic-error.js'
import { invalidRequest } from '../endpoints/openai-error.js'
import { type CallableModel, callableModels } from '../routing/callable-models.js'
import type { RouteDeps } from '../routing/route-deps.js'
import { listedName, modelPage } from './model-page.js'
import { sendError } from './send-error.js'

/** Dependencies of listing. */
type ModelsDeps = Pick<RouteDeps, 'routing' | 'catalogue' | 'barred' | 'clock'>

/**
 * Serves `GET /v1/models`, the callable names, and `GET /v1/models/NAME`: the same body for clients of OpenAI and
 * Anthropic.
 */
export function models(app: FastifyInstance, deps: ModelsDeps): void {
  const config = { clientToken: anthropicToken }
  app.get('/v1/models', { config }, async ({ url }, reply) => {
    const read = modelPage(await callable(deps), new URLSearchParams(url.split('?')[1]))
    return 'page' in read ? read.page : sendError(reply, 400, read.fault)
  })

  // Names may contain slashes, encoded or not.
  app.get<{ Params: { readonly '*': string } }>('/v1/models/*', { config }, async (request, reply) => {
    const id = request.params['*']
    const found = (await callable(deps)).find(model => model.id === id)
    if (found !== undefined) return listedName(found)
    const message = `The model "${id.slice(0, 200)}" is not served here; GET /v1/models lists those that are.`
    return sendError(reply, 404, invalidRequest(message, 'model', 'model_not_found'))
  })
}

async function callable({
  routing,
  catalogue,
  barred,
  clock,
}: ModelsDeps): Promise<readonly CallableModel[]> {
  const table = routing.current()
  // A provider with only full model names needs no list of its vendor.
  const open = table.ready.filter(({ enabled, models: globs }) => enabled && globs.some(isGlob))
  const listed = await catalogue.modelsOf(open)
  return callableModels(table, { listed, barred, nowMs: clock() })
}
