import { findEmbeddedJson } from '../read/embedded-json.js'
import { at, elements, property, textOf } from '../read/json.js'
import { withoutPage } from '../read/without-page.js'
import { withoutQuotations } from '../read/without-quotations.js'
import { errorLayers } from './error-layers.js'

/** Longest message that is read. */
const longestMessage = 4_000

/** The facts in an error body, wherever they are. */
export interface ErrorFacts {
  /** The message for people, including those of nested errors; `''` without one. */
  readonly message: string
  /** The message without HTML pages, which may be a proxy's. */
  readonly ownMessage: string
  /** The same without quoted parts, which may be from the request. */
  readonly statement: string
  /** Messages of other servers' answers quoted in the error, without HTML pages; `''` without one. */
  readonly quotedMessage: string
  /** All names of the error (code, type, status, reason, limit source), lower-case. */
  readonly names: ReadonlySet<string>
  /** The status stated in the body, for errors within a stream that began with 200. */
  readonly statedStatus: number | null
  /** The objects of the error, outermost first, then those quoted from other servers. */
  readonly layers: readonly unknown[]
  readonly quotedLayers: readonly unknown[]
  /** Headers repeated in the body by OpenRouter; undefined elsewhere. */
  readonly headers: unknown
}

/** Reads an error body in any known form, see {@link errorLayers}. Never throws. */
export function readError(body: unknown): ErrorFacts {
  const { own, quoted } = errorLayers(body)
  const texts = textsIn(own)
  const ownMessage = messageOf(texts.map(withoutPage))
  return {
    message: messageOf(texts),
    ownMessage,
    statement: withoutQuotations(ownMessage),
    quotedMessage: messageOf(textsIn(quoted).map(withoutPage)),
    names: new Set(own.flatMap(layer => [...namesOf(layer), ...detailsOf([layer]).flatMap(namesOf)])),
    statedStatus: own.map(statusOf).find(status => status !== null) ?? null,
    layers: own,
    quotedLayers: quoted,
    headers: own.map(layer => at(layer, 'metadata', 'headers')).find(headers => headers !== undefined),
  }
}

/** Google's details from all layers; empty elsewhere. */
export function detailsOf(layers: readonly unknown[]): readonly unknown[] {
  return layers.flatMap(layer => elements(property(layer, 'details'), 50))
}

/** Most names and messages read from one text. */
const maxInText = 50

const messageFields = [
  'message',
  // AWS.
  'Message',
  'msg',
  'status_msg',
  // Deepgram.
  'err_msg',
  'error_msg',
  'error_message',
  'faultstring',
  'errorMessage',
  'error',
  'detail',
  'title',
  'error_description',
]

/** The texts of the layers for people. */
function textsIn(layers: readonly unknown[]): readonly string[] {
  return layers.flatMap(layer =>
    typeof layer === 'string'
      ? textsOf(layer)
      : messageFields.flatMap(field => textOf(property(layer, field)) ?? []),
  )
}

function messageOf(texts: readonly string[]): string {
  return [...new Set(texts.map(withoutJson))]
    .filter(text => text !== '')
    .join('\n')
    .slice(0, longestMessage)
}

/** Messages in truncated JSON; any other text is itself the message. */
const messageInText =
  /["'](?:message|msg|detail|error)["']\s?:\s?(?:"((?:[^"\\]|\\.){1,4000})|'((?:[^'\\]|\\.){1,4000}))/g

function textsOf(text: string): readonly string[] {
  if (!/^\s*[{[]/.test(text)) return [text]
  const found = [...text.slice(0, longestMessage * 2).matchAll(messageInText)].slice(0, maxInText)
  return found.length === 0 ? [text] : found.map(([, double, single]) => unescaped(double ?? single ?? ''))
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(["'n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign))
}

/** Removes JSON within a message, which is a separate layer. */
function withoutJson(text: string): string {
  return (findEmbeddedJson(text)?.rest ?? text).slice(0, longestMessage).trim()
}

const nameFields = [
  ...['code', 'type', 'status', 'reason', 'error_type', 'error_code', 'err_code', 'status_code'],
  // AWS.
  '__type',
]

/** Names in truncated JSON, or in objects printed by another language. */
const nameInText = /["'](?:code|type|status|reason|error_type|error_code)["']\s?:\s?["']?([\w.-]{1,100})/g

function namesOf(error: unknown): readonly string[] {
  if (typeof error === 'string') {
    const found = [...withoutPage(error.slice(0, longestMessage)).matchAll(nameInText)].slice(0, maxInText)
    return found.map(([, name]) => (name ?? '').toLowerCase())
  }
  const metadata = property(error, 'metadata')
  const values = [
    ...nameFields.map(field => property(error, field)),
    property(metadata, 'limit_source'),
    property(metadata, 'error_type'),
  ]
  return values.flatMap(value =>
    typeof value === 'string' || typeof value === 'number' ? [String(value).slice(0, 200).toLowerCase()] : [],
  )
}

const statusFields = [
  'status_code',
  'http_code',
  'http_status',
  'statusCode',
  'code',
  'status',
  'error_code',
  'error',
]

function statusOf(error: unknown): number | null {
  const values = statusFields.map(field => property(error, field))
  const found = values.find(
    value =>
      (typeof value === 'string' && /^[45]\d\d$/.test(value)) ||
      (typeof value === 'number' && Number.isInteger(value) && value >= 400 && value < 600),
  )
  return found === undefined ? null : Number(found)
}
