import { type AnswerContext, type DialectName, translateRequest } from '@quotakeeper/wire'
import { fieldOf } from '../../json-value.js'
import type { AddedField, ServingProvider, VendorTarget } from '../endpoint-request.js'
import type { GatewayError } from '../gateway-error.js'
import { largeCap, optionalField, optionalFields } from './optional-fields.js'
import type { SpokenDialect } from './spoken-dialect.js'

/** A client's request in another dialect, its model still as the client names it. */
export interface Translated {
  readonly text: string
  readonly body: Readonly<Record<string, unknown>>
  /** What could not be carried over. */
  readonly leftOut: readonly string[]
  readonly context: AnswerContext
  /** What is left out where a vendor refuses it. */
  readonly optional: readonly AddedField[]
}

type Outcome =
  | { readonly ok: true; readonly translated: Translated }
  | { readonly ok: false; readonly error: GatewayError }

/** Fields of chat completions that OpenAI added to them and few others know. */
const newerFields: ReadonlySet<string> = new Set([
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'safety_identifier',
  'service_tier',
  'verbosity',
])

const capFields = ['max_tokens', 'max_completion_tokens'] as const
const largeCapMark = largeCap(0).name.slice(0, -1)

function isCap(field: string): boolean {
  return capFields.some(name => name === field)
}

/** The translations of one request: each is made once. */
export class Translations {
  readonly #from: DialectName
  readonly #body: Readonly<Record<string, unknown>>
  readonly #made = new Map<string, Outcome>()

  constructor(from: DialectName, body: Readonly<Record<string, unknown>>) {
    this.#from = from
    this.#body = body
  }

  /** Why the request cannot be put in a dialect; null where it can. */
  refusal(to: SpokenDialect, provider: ServingProvider): GatewayError | null {
    const outcome = this.#translate(to, provider, [])
    return outcome.ok ? null : outcome.error
  }

  /** The request for one vendor. @throws Error where it cannot be put in the dialect */
  find(to: SpokenDialect, target: VendorTarget): Translated {
    const first = this.#translate(to, target, [])
    if (!first.ok) throw new Error(first.error.message)
    const known = [...first.translated.optional, optionalField(capFields[0])]
    const refused = known.filter(field => target.isRejected(field)).map(({ name }) => name)
    const outcome = refused.length === 0 ? first : this.#translate(to, target, refused)
    return outcome.ok ? outcome.translated : first.translated
  }

  #translate(
    to: SpokenDialect,
    { vendor, facts: { takesNewerFields = false } }: ServingProvider,
    refused: readonly string[],
  ): Outcome {
    const key = [to.name, vendor, ...refused].join(' ')
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const optional = new Set<string>()
    const isLongCap = vendor === 'openai' || vendor === 'azure' || refused.includes(capFields[0])
    const result = translateRequest({
      from: this.#from,
      to: to.name,
      body: this.#body,
      target: {
        vendor,
        maxTokensField: isLongCap ? capFields[1] : capFields[0],
        acceptsField: field => {
          if (refused.includes(field) && optionalFields.has(field)) return false
          if (isCap(field) && refused.some(name => name.startsWith(largeCapMark))) return false
          if (to.name === 'chat' && newerFields.has(field) && !takesNewerFields) return false
          if (optionalFields.has(field)) optional.add(field)
          return true
        },
      },
    })
    const outcome = result.ok ? this.#written(to, result, optional) : refusalOf(result.refusal)
    this.#made.set(key, outcome)
    return outcome
  }

  #written(
    to: SpokenDialect,
    { request, leftOut, context }: Extract<ReturnType<typeof translateRequest>, { readonly ok: true }>,
    optional: ReadonlySet<string>,
  ): Outcome {
    const fields = [...optional].map(optionalField)
    // Where it is refused, the other of the two is sent.
    if (to.name === 'chat' && Object.hasOwn(request, capFields[0])) fields.push(optionalField(capFields[0]))
    const cap = capFields.map(name => fieldOf(request, name)).find(given => typeof given === 'number')
    if (to.name === 'chat' && typeof cap === 'number') fields.push(largeCap(cap))
    try {
      const body = { ...request, model: this.#body['model'] }
      const text = JSON.stringify(body)
      return { ok: true, translated: { text, body, leftOut, context, optional: fields } }
    } catch {
      // A RangeError: a value from JSON can cause no other error.
      const message = 'The request is nested too deeply to be translated for the vendor of this model.'
      return refusalOf({ field: 'body', message })
    }
  }
}

function refusalOf({
  field,
  message,
  code = 'unsupported',
}: {
  readonly field: string
  readonly message: string
  readonly code?: string
}): Outcome {
  return {
    ok: false,
    error: {
      httpStatus: 400,
      type: 'invalid_request_error',
      code: code === 'invalid' ? 'invalid_request' : 'unsupported_by_vendor',
      message,
      param: field,
    },
  }
}
