import { findEmbeddedJson } from '../read/embedded-json.js'
import { at, elements, property, textOf } from '../read/json.js'
import { withoutPage } from '../read/without-page.js'

/** Most objects of one error that are read; further wrappers add nothing. */
const maxLayers = 12

/** The objects and texts of an error, outermost first. */
export interface ErrorLayers {
  /** Those of the vendor itself. */
  readonly own: readonly unknown[]
  /** Those quoted from another server's answer, such as a router's upstream. Used for waits, not for invalid keys. */
  readonly quoted: readonly unknown[]
}

/**
 * The layers of an error body: an object with `error`, a list of them (Gemini's OpenAI-compatible API), `errors`
 * (Cloudflare), `detail` (FastAPI), `base_resp` (MiniMax), the error itself (Cerebras, Mistral, Cohere), and any of
 * these as JSON within a message. Takes bounded time for any body.
 */
export function errorLayers(body: unknown): ErrorLayers {
  const own = collected([body], innerErrors)
  const quoted = collected(own.flatMap(quotedErrors), layer => [
    ...innerErrors(layer),
    ...quotedErrors(layer),
  ])
  return { own, quoted }
}

/** Breadth first, so that outer layers come first. */
function collected(roots: readonly unknown[], inner: (layer: unknown) => readonly unknown[]): unknown[] {
  const layers = roots.map(firstOf).filter(isTelling).slice(0, maxLayers)
  for (let index = 0; index < layers.length && layers.length < maxLayers; index++) {
    layers.push(
      ...inner(layers[index])
        .map(firstOf)
        .filter(isTelling)
        .slice(0, maxLayers - layers.length),
    )
  }
  return layers
}

function innerErrors(layer: unknown): readonly unknown[] {
  if (typeof layer === 'string') return [embeddedIn(layer)]
  return [
    property(layer, 'error'),
    property(layer, 'errors'),
    property(layer, 'fault'),
    property(elements(property(layer, 'choices'), 1)[0], 'error'),
    // The Responses API wraps a failure in the response; Google's older errors repeat themselves one level down.
    at(layer, 'response', 'error'),
    property(layer, 'base_resp'),
    property(layer, 'detail'),
    parsedText(property(layer, 'message')),
  ]
}

function quotedErrors(layer: unknown): readonly unknown[] {
  const raw = at(layer, 'metadata', 'raw')
  return [
    raw,
    ...['upstream_error', 'provider_error', 'original_error', 'cause'].map(name => property(layer, name)),
  ]
}

/** The first element of an array, which Gemini’s OpenAI-compatible API returns. */
function firstOf(value: unknown): unknown {
  return elements(value, 1)[0] ?? value
}

function parsedText(value: unknown): unknown {
  const text = textOf(value)
  return text === null ? value : embeddedIn(text)
}

function embeddedIn(text: string): unknown {
  return findEmbeddedJson(withoutPage(text))?.value
}

function isTelling(layer: unknown): boolean {
  return (typeof layer === 'object' && layer !== null) || (typeof layer === 'string' && layer !== '')
}
