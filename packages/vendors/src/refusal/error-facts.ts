import { at, elements, property, textOf } from '../read/json.js'

/** Longest text of a message that is read. */
const longestMessage = 4_000

/** What an error body says, wherever it says it. */
export interface ErrorFacts {
  /** The message for people; `''` without one. */
  readonly message: string
  /** Every name that the error has (code, type, status, reason, limit source), lower-case. */
  readonly names: ReadonlySet<string>
  /** The status within the body, for errors in the middle of a stream that began with 200. */
  readonly status: number | null
  /** Google's list of details; empty elsewhere. */
  readonly details: readonly unknown[]
  /** Headers that OpenRouter repeats in the body; undefined elsewhere. */
  readonly headers: unknown
}

/**
 * Reads an error body: an object with `error`, a list of them (Gemini's OpenAI-compatible API), `errors`
 * (Cloudflare), `detail` (FastAPI), or the error itself (Cerebras, Mistral, Cohere). Never throws.
 */
export function readError(body: unknown): ErrorFacts {
  const outer = elements(body, 1)[0] ?? body
  const inner = innerError(outer)
  const details = elements(property(inner, 'details'), 50)
  const names = new Set([...namesOf(inner), ...namesOf(outer), ...details.flatMap(namesOf)])
  return {
    message: messageOf(inner, outer).slice(0, longestMessage),
    names,
    status: statusOf(inner) ?? (limitNames.some(name => names.has(name)) ? 429 : null),
    details,
    headers: at(inner, 'metadata', 'headers'),
  }
}

function innerError(outer: unknown): unknown {
  const error =
    property(outer, 'error') ??
    elements(property(outer, 'errors'), 1)[0] ??
    property(elements(property(outer, 'choices'), 1)[0], 'error')
  // Google's older errors repeat themselves one level down, and streams wrap them in a response.
  return error ?? at(outer, 'response', 'error') ?? outer
}

function messageOf(inner: unknown, outer: unknown): string {
  const candidates = [
    inner,
    property(inner, 'message'),
    property(outer, 'message'),
    property(outer, 'error'),
    property(outer, 'detail'),
    at(outer, 'detail', 'message'),
    property(outer, 'error_description'),
  ]
  return candidates.map(textOf).find(text => text !== null && text !== '') ?? ''
}

/** Errors that only ever come with 429: in a stream that began with 200 they have no status of their own. */
const limitNames = ['rate_limit_exceeded', 'rate_limit_error', 'insufficient_quota', 'resource_exhausted']

const nameFields = ['code', 'type', 'status', 'reason', 'error_type', 'error_code']

function namesOf(error: unknown): readonly string[] {
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

function statusOf(inner: unknown): number | null {
  const code = property(inner, 'status_code') ?? property(inner, 'code') ?? property(inner, 'status')
  const status = typeof code === 'string' && /^[45]\d\d$/.test(code) ? Number(code) : code
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600
    ? status
    : null
}
