import { type EndpointName, readUsage } from '@quotakeeper/vendors'
import type { ClientRequest, ReadRequest } from './endpoint.js'
import type { EndpointRequest } from './endpoint-request.js'
import type { FormBody } from './form-body.js'
import type { GatewayCode } from './gateway-code.js'
import { invalidRequest } from './openai-error.js'

/** What is its own in an endpoint that takes a form. */
export interface FormFormat {
  readonly name: EndpointName
  /** The model that a form means which names none; absent where it has to. */
  readonly defaultModel?: string
  read(
    fieldOf: (name: string) => string | undefined,
  ): Pick<EndpointRequest, 'promptCharacters' | 'requestCount' | 'stream' | 'readAnswer'>
}

/** Reads a form as far as routing needs it: its files go through as they came. */
export function readFormRequest(
  { body, headers, parameters }: ClientRequest,
  { name, defaultModel, read }: FormFormat,
): ReadRequest {
  if (!isForm(body)) return refused('The body must be a form with files.', null, 'invalid_form')
  const named = body.fields.get('model') ?? []
  if (named.length > 1) return refused('The form names several models.', 'model', 'invalid_model')
  const model = named[0] ?? parameters['model'] ?? defaultModel
  if (model === undefined || model === '')
    return refused('The request must name a model: the form has no field "model".', 'model', 'missing_model')
  const canRename = body.withModel(model) !== null
  if (!canRename) return refused('The form cannot be read as it is written.', 'model', 'invalid_form')
  const request: EndpointRequest = {
    model,
    output: { maxTokens: 0, answerCount: 1 },
    audio: body.audio,
    isPricedByTokens: false,
    ...read(field => body.fields.get(field)?.[0]),
    isServedBy: ({ endpoints }) => endpoints.has(name),
    writeFor: ({ endpoints, model: vendorModel }) => ({
      path: endpoints.get(name) ?? name,
      headers: { 'content-type': headers['content-type'] ?? '', accept: '*/*' },
      body: vendorModel === named[0] ? body : (body.withModel(vendorModel) ?? body),
      added: [],
    }),
    usageOf: readUsage,
  }
  return { ok: true, request }
}

function isForm(body: ClientRequest['body']): body is FormBody {
  return typeof body === 'object' && 'fields' in body
}

function refused(message: string, param: string | null, code: GatewayCode): ReadRequest {
  return { ok: false, error: { httpStatus: 400, ...invalidRequest(message, param, code) } }
}
