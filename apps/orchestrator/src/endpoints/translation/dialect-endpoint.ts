import { isUnknownModelError } from '@quotakeeper/vendors'
import type {
  AddedField,
  AnswerForm,
  EndpointRequest,
  RawAnswer,
  Reference,
  RequestedOutput,
  ServingProvider,
  VendorRequest,
  VendorTarget,
} from '../endpoint-request.js'
import type { GatewayError } from '../gateway-error.js'
import { readJsonAnswer } from '../read-json-answer.js'
import type { JsonRequest } from '../read-json-request.js'
import { dialectsFor } from './dialects-for.js'
import type { PassedOn, SpokenDialect } from './spoken-dialect.js'
import { translatedForm } from './translated-form.js'
import { Translations } from './translations.js'

/** A request of one dialect, as its endpoint has read it. */
export interface ReadDialectRequest extends JsonRequest {
  /** Of what ids of answers are made that the gateway gives itself. */
  readonly id: string
  readonly cameAtMs: number
  readonly promptCharacters: number
  readonly output: RequestedOutput
  readonly isStream: boolean
  readonly wantsUsage: boolean
  /** What only the vendor's own endpoint has; translated requests that refer to it are refused. */
  readonly needs: readonly Reference[]
  readonly marks: readonly string[]
  /** What its maker alone can read, and cannot be left out; nothing if left out. */
  readonly sealed?: readonly Reference[]
  /** What goes on to vendors of its own dialect; nothing if left out. */
  readonly passedOn?: PassedOn
}

/**
 * A request that goes to vendors of its own dialect as it came, and to all others translated.
 *
 * @param own the client's dialect
 */
export function dialectRequest(own: SpokenDialect, read: ReadDialectRequest): EndpointRequest {
  const { text, body, model, output, isStream, wantsUsage, needs, marks, sealed = [] } = read
  const passedOn = read.passedOn === undefined ? {} : { passedOn: read.passedOn }
  const translations = new Translations(own.name, body)
  const { format, rewrite } = own
  const stream = isStream
    ? { dialect: format.stream, wantsUsage, ...(rewrite === undefined ? {} : { rewrite }) }
    : null
  const ownForm: AnswerForm = {
    stream,
    readAnswer: (answer: RawAnswer) => readJsonAnswer(format, answer, stream),
    usageOf: format.usageOf,
  }
  const refusalFor = (provider: ServingProvider): GatewayError | null => {
    if (provider.endpoints.has(own.endpoint)) return null
    const [first] = dialectsFor(own, provider)
    if (first === undefined) return null
    return needs[0] === undefined ? translations.refusal(first, provider) : stateRefusal(needs[0])
  }
  return {
    ...ownForm,
    model,
    promptCharacters: read.promptCharacters,
    output,
    needs,
    marks,
    sealed,
    isServedBy: provider => provider.endpoints.has(own.endpoint) || dialectsFor(own, provider).length > 0,
    refusalFor,
    writeFor: target => {
      const spoken = dialectsFor(own, target)
      // A request that needs state at a vendor keeps its first dialect. One that no dialect can express is sent unchanged.
      const others = needs.length === 0 ? spoken.filter(to => isTranslatable(to, target)) : spoken.slice(0, 1)
      const known = others.filter(({ endpoint }) => !target.isRejected(endpointField(endpoint)))
      const [to = own, next] = known.length > 0 ? known : others
      const written =
        to === own
          ? own.write({ text, body, model, output, isStream, isOwn: true, ...passedOn }, target)
          : translated(to, target)
      // Every vendor is asked for chat completions: one that answers 404 has another address.
      if (next === undefined || to.name === 'chat') return written
      return { ...written, added: [...written.added, endpointField(to.endpoint)] }
    },
  }

  function isTranslatable(to: SpokenDialect, target: VendorTarget): boolean {
    return to === own || translations.refusal(to, target) === null
  }

  function translated(to: SpokenDialect, target: VendorTarget): VendorRequest {
    const found = translations.find(to, target)
    const { leftOut, context, optional } = found
    const written = to.write({ ...found, model, output, isStream, isOwn: false }, target)
    const answer = translatedForm({
      from: to,
      to: own,
      isStream,
      options: {
        vendor: target.vendor,
        id: own.idOf(read.id),
        createdSeconds: Math.floor(read.cameAtMs / 1_000),
        context,
      },
    })
    return {
      ...written,
      added: [...written.added, ...optional],
      leftOut: [...new Set([...leftOut, ...(written.leftOut ?? [])])],
      answer,
    }
  }
}

/** The endpoint itself, which a vendor may turn out not to have, where it can be asked in another dialect. */
function endpointField(endpoint: string): AddedField {
  return {
    name: `endpoint ${endpoint}`,
    dependsOnModel: false,
    isMeantBy: (httpStatus, body) =>
      [404, 405, 501].includes(httpStatus) && !isUnknownModelError(httpStatus, body),
  }
}

function stateRefusal({ field }: Reference): GatewayError {
  return {
    httpStatus: 400,
    type: 'invalid_request_error',
    code: 'state_not_held',
    message: `"${field}" refers to what the vendor of this model does not keep: send the whole conversation in the request instead${field === 'previous_response_id' || field === 'input.item_reference' ? ', with "store": false' : ''}.`,
    param: field,
  }
}
