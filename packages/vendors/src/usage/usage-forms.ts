import { elements, property } from '../read/json.js'
import { type CountReader, countReader } from './read-count.js'

/** The numbers of one usage object, before they are made consistent. */
export interface RawUsage {
  readonly input: number | null
  readonly output: number | null
  readonly cached: number | null
  /** Written to the cache. */
  readonly written: number | null
  readonly total: number | null
  /** Hidden reasoning, if reported separately; included in output at most vendors. */
  readonly reasoning: number | null
}

/** A form of usage objects: how to recognise and read it. */
interface UsageForm {
  readonly fields: readonly string[]
  readonly read: (usage: unknown, reader: CountReader) => RawUsage
}

const openaiForm: UsageForm = {
  fields: ['prompt_tokens', 'completion_tokens'],
  read: (usage, reader) => {
    const input = take(usage, reader, 'prompt_tokens')
    const output = take(usage, reader, 'completion_tokens')
    const total = take(usage, reader, 'total_tokens')
    return {
      input: soundIncluded(usage, { input, output, total }),
      output,
      cached: cachedTokens(usage, reader, 'prompt_tokens_details'),
      written: reader.count(
        'prompt_tokens_details.cache_write_tokens',
        property(property(usage, 'prompt_tokens_details'), 'cache_write_tokens'),
      ),
      total,
      reasoning: reasoningTokens(usage, reader, 'completion_tokens_details'),
    }
  },
}

/** Mistral counts heard sound in the total alone: `prompt_audio_seconds` 5, tokens 5, 24 and 404 in total. */
function soundIncluded(
  usage: unknown,
  { input, output, total }: Pick<RawUsage, 'input' | 'output' | 'total'>,
): number | null {
  const isHeard = Number(property(usage, 'prompt_audio_seconds')) > 0
  return isHeard && output !== null && total !== null ? Math.max(input ?? 0, total - output) : input
}

const anthropicInput = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens'] as const

/** Most iterations of one answer that are read. */
const maxIterations = 1_000

/**
 * The count together with the fields of the iterations that compacted the conversation: Anthropic bills them, and leaves
 * them out of the counts of the answer, which include all other iterations. Source:
 * https://platform.claude.com/docs/en/build-with-claude/compaction#understanding-usage
 */
function withCompactions(
  count: number | null,
  usage: unknown,
  reader: CountReader,
  fields: readonly string[],
): number | null {
  const compactions = elements(property(usage, 'iterations'), maxIterations).filter(
    iteration => property(iteration, 'type') === 'compaction',
  )
  if (count === null || compactions.length === 0) return count
  // A reader of their own, since an answer may have many absurd iterations.
  const own = countReader()
  const counts = compactions.map(iteration => sum(iteration, own, fields) ?? 0)
  reader.problems.push(...own.problems.slice(0, 1))
  return reader.count(
    fields[0] ?? '',
    counts.reduce((total, part) => total + part, count),
  )
}

const forms: readonly UsageForm[] = [
  // OpenAI, Groq, Hugging Face, DeepSeek and most others: input includes cached input.
  openaiForm,
  // Anthropic's cache fields add to `input_tokens`; OpenAI's Responses API has a subset there.
  {
    fields: ['input_tokens', 'output_tokens'],
    read: (usage, reader) => ({
      input: withCompactions(sum(usage, reader, anthropicInput), usage, reader, anthropicInput),
      output: withCompactions(take(usage, reader, 'output_tokens'), usage, reader, ['output_tokens']),
      cached: withCompactions(cachedTokens(usage, reader, 'input_tokens_details'), usage, reader, [
        'cache_read_input_tokens',
      ]),
      written: withCompactions(take(usage, reader, 'cache_creation_input_tokens'), usage, reader, [
        'cache_creation_input_tokens',
      ]),
      total: take(usage, reader, 'total_tokens'),
      reasoning: reasoningTokens(usage, reader, 'output_tokens_details'),
    }),
  },
  // Gemini's own API: thinking is output, the results of tools are input.
  {
    fields: ['promptTokenCount', 'candidatesTokenCount', 'totalTokenCount'],
    read: (usage, reader) => ({
      input: sum(usage, reader, ['promptTokenCount', 'toolUsePromptTokenCount']),
      output: sum(usage, reader, ['candidatesTokenCount', 'thoughtsTokenCount']),
      cached: take(usage, reader, 'cachedContentTokenCount'),
      written: null,
      total: take(usage, reader, 'totalTokenCount'),
      reasoning: null,
    }),
  },
  // Text Generation Inference: the completion only.
  {
    fields: ['generated_tokens'],
    read: (usage, reader) => ({
      input: null,
      output: take(usage, reader, 'generated_tokens'),
      cached: null,
      written: null,
      total: null,
      reasoning: null,
    }),
  },
  // Only a total; other forms have parts beside it.
  { ...openaiForm, fields: ['total_tokens'] },
]

/** Reads a usage object in any known form; null for an unknown one. */
export function readForm(usage: unknown, reader: CountReader): RawUsage | null {
  const form = forms.find(({ fields }) => fields.some(field => isGiven(property(usage, field))))
  return form === undefined ? null : form.read(usage, reader)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

function take(usage: unknown, reader: CountReader, field: string): number | null {
  return reader.count(field, property(usage, field))
}

function reasoningTokens(usage: unknown, reader: CountReader, details: string): number | null {
  // Perplexity has it beside the other counts.
  return (
    reader.count(`${details}.reasoning_tokens`, property(property(usage, details), 'reasoning_tokens')) ??
    reader.count('reasoning_tokens', property(usage, 'reasoning_tokens'))
  )
}

/** The sum of the given parts; null if none is given, one is absurd, or the sum is too large. */
function sum(usage: unknown, reader: CountReader, fields: readonly string[]): number | null {
  const given = fields.filter(field => isGiven(property(usage, field)))
  const parts = given.map(field => take(usage, reader, field))
  const [first] = given
  if (first === undefined || parts.includes(null)) return null
  return reader.count(
    first,
    parts.reduce<number>((total, part) => total + (part ?? 0), 0),
  )
}

/** Reads cached input from its possible places; the first given one counts. */
function cachedTokens(usage: unknown, reader: CountReader, details: string): number | null {
  const places: readonly [string, unknown][] = [
    [`${details}.cached_tokens`, property(property(usage, details), 'cached_tokens')],
    ['cached_tokens', property(usage, 'cached_tokens')],
    ['prompt_cache_hit_tokens', property(usage, 'prompt_cache_hit_tokens')],
    ['cache_read_input_tokens', property(usage, 'cache_read_input_tokens')],
  ]
  const given = places.find(([, value]) => isGiven(value))
  return given === undefined ? null : reader.count(...given)
}
