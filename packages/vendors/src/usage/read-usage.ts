import { at, elements, property } from '../read/json.js'
import { type CountReader, countReader } from './read-count.js'
import { type RawUsage, readForm } from './usage-forms.js'
import { unknownUsage, type VendorUsage } from './vendor-usage.js'

/** Most elements of an array body that are read; batches and arrays of chunks are shorter. */
const maxElements = 10_000

/** Where vendors put the usage object, the most specific place first; only one counts. */
const places: readonly ((body: unknown) => unknown)[] = [
  body => property(body, 'usage'),
  body => at(body, 'x_groq', 'usage'),
  body => property(body, 'usageMetadata'),
  body => at(body, 'response', 'usage'),
  body => at(body, 'response', 'usageMetadata'),
  body => at(body, 'message', 'usage'),
  body => at(body, 'delta', 'usage', 'tokens'),
  body => at(body, 'usage', 'tokens'),
  body => at(body, 'usage', 'billed_units'),
  body => at(body, 'meta', 'tokens'),
  body => at(body, 'meta', 'billed_units'),
  body => at(body, 'result', 'usage'),
  body => property(elements(property(body, 'choices'), 1)[0], 'usage'),
  body => property(body, 'details'),
  // An error may report the usage before it failed.
  body => at(body, 'error', 'usage'),
  body => at(body, 'error', 'metadata', 'usage'),
  body => at(body, 'detail', 'usage'),
]

/**
 * Reads the usage of a call from a response body: chat completions, embeddings, Responses, Anthropic's Messages,
 * Gemini's own API, Text Generation Inference, or one parsed chunk of their streams; from an error, the usage before it
 * failed. Cached input is included in input at OpenAI and most others and additional at Anthropic; the result always
 * includes it in `inputTokenCount`. The part of a total beyond its parts counts as output (xAI, Gemini and routers to
 * them omit hidden reasoning), or as input for embeddings, which have no output. Missing and absurd values are null, a
 * stated 0 is 0. Never throws. Sources:
 * https://docs.x.ai/developers/advanced-api-usage/prompt-caching/usage-and-pricing for both of OpenAI's forms,
 * https://ai.google.dev/api/generate-content#UsageMetadata, and the answers in the tests.
 */
export function readUsage(body: unknown, vendor?: string): VendorUsage {
  if (Array.isArray(body)) return readLast(body, vendor)
  const reader = countReader()
  const raw = readFirst(body, reader)
  const costMicroUsd = readCost(body, reader)
  const audioSecondCount = readAudioSeconds(body, reader)
  if (raw === null) return { ...unknownUsage, costMicroUsd, audioSecondCount, problems: reader.problems }
  const tokens = reconcile(raw, reader, hasNoOutput(body) ? inputAlone(raw) : withHidden(raw, vendor))
  return { costMicroUsd, audioSecondCount, problems: reader.problems, ...tokens }
}

/** Counts grow in an array of chunks, so the last given one counts. */
function readLast(bodies: readonly unknown[], vendor: string | undefined): VendorUsage {
  const usages = bodies
    .slice(-maxElements)
    .filter(body => !Array.isArray(body))
    .map(body => readUsage(body, vendor))
  return usages.findLast(usage => usage.outputTokenCount !== null) ?? usages.at(-1) ?? unknownUsage
}

function readFirst(body: unknown, reader: CountReader): RawUsage | null {
  for (const place of places) {
    const raw = readForm(place(body), reader)
    if (raw !== null) return raw
  }
  return null
}

function reconcile(
  raw: RawUsage,
  reader: CountReader,
  concluded: InputAndOutput,
): Omit<VendorUsage, 'costMicroUsd' | 'audioSecondCount' | 'problems'> {
  // After an absurd number, nothing is derived from the others.
  const { input, output } = reader.problems.length === 0 ? concluded : raw
  const sum = input === null || output === null ? raw.total : reader.count('total', input + output)
  return {
    inputTokenCount: input,
    outputTokenCount: output,
    cachedInputTokenCount: cachedPart(raw.cached, input, reader),
    cacheWriteTokenCount: raw.written,
    totalTokenCount: sum,
  }
}

type InputAndOutput = Pick<RawUsage, 'input' | 'output'>

/** Vendors whose output count excludes hidden reasoning. */
const keepsReasoningApart: ReadonlySet<string> = new Set(['gemini', 'xai'])

/** The output plus the part of the total beyond its parts, or plus reasoning that it excludes. */
function withHidden(
  { input, output, total, reasoning }: RawUsage,
  vendor: string | undefined,
): InputAndOutput {
  if (input !== null && total !== null && total >= input) {
    const stated = Math.max(output ?? 0, total - input)
    // More reasoning than output: the total omits it too, as Perplexity's does.
    return { input, output: reasoning !== null && reasoning > stated ? stated + reasoning : stated }
  }
  if (output === null || reasoning === null) return { input, output }
  const isApart = reasoning > output || keepsReasoningApart.has(vendor ?? '')
  return { input, output: isApart ? output + reasoning : output }
}

function inputAlone({ input, output, total }: RawUsage): InputAndOutput {
  if (input === null && total === null) return { input, output }
  const stated = output ?? 0
  return { input: Math.max(input ?? 0, (total ?? 0) - stated), output: stated }
}

/** Embeddings and rankings return vectors and scores. */
function hasNoOutput(body: unknown): boolean {
  const first = elements(property(body, 'data'), 1)[0]
  const given = [
    property(first, 'embedding'),
    property(body, 'embedding'),
    property(body, 'embeddings'),
    property(elements(property(body, 'results'), 1)[0], 'relevance_score'),
  ]
  const isList = Array.isArray(property(body, 'data')) && property(body, 'choices') === undefined
  return isList || given.some(value => value !== undefined && value !== null)
}

function cachedPart(cached: number | null, input: number | null, reader: CountReader): number | null {
  if (cached === null || input === null || cached <= input) return cached
  reader.problems.push({ field: 'cached', code: 'exceeds_input' })
  return null
}

/** OpenRouter and DeepInfra report dollars, Perplexity an object of dollars, xAI ticks (10^10 a dollar). */
function readCost(body: unknown, reader: CountReader): number | null {
  const usage = property(body, 'usage')
  const cost = property(usage, 'cost') ?? property(usage, 'estimated_cost') ?? property(body, 'cost')
  const dollars = typeof cost === 'object' && cost !== null ? property(cost, 'total_cost') : cost
  const ticks = reader.count('cost_in_usd_ticks', property(usage, 'cost_in_usd_ticks'))
  return reader.dollars('cost', dollars) ?? (ticks === null ? null : Math.ceil(ticks / 10_000))
}

/**
 * How long the sound of a transcript was: `usage.seconds`, or `duration` of the verbose form, which some give as a numeral.
 * Sources: the types of OpenAI's library (`Transcription.Duration`, `TranscriptionVerbose`), and Groq's answers.
 */
function readAudioSeconds(body: unknown, reader: CountReader): number | null {
  if (at(body, 'usage', 'type') === 'duration') return reader.seconds('seconds', at(body, 'usage', 'seconds'))
  if (typeof property(body, 'text') !== 'string') return null
  const heard = at(body, 'usage', 'prompt_audio_seconds')
  if (heard !== undefined && heard !== null) return reader.seconds('prompt_audio_seconds', heard)
  const duration = property(body, 'duration')
  const isNumeral = typeof duration === 'string' && /^\d+(?:\.\d+)?$/.test(duration)
  return reader.seconds('duration', isNumeral ? Number(duration) : duration)
}
