import { elementsOf, fieldOf, jsonCharacters } from '../../json-value.js'
import { countIn, maxAnswerCount, maxTokensIn } from '../count-field.js'
import type { Reference, RequestedOutput } from '../endpoint-request.js'
import { contentCharacters, eitherField, partsOf } from './gemini-parts.js'

/** Files that were uploaded to the vendor, of which only the key's project can see any. */
const uploadedFile = /^(?:https:\/\/generativelanguage\.googleapis\.com\/\w+\/)?files\/./

/** The characters of a prompt, in code points: instruction, contents, and definitions as JSON text. */
export function geminiPromptCharacters(body: unknown): number {
  const config = eitherField(body, 'generationConfig')
  const definitions = [
    fieldOf(body, 'tools'),
    eitherField(config, 'responseSchema'),
    eitherField(config, 'responseJsonSchema'),
  ]
  return definitions.reduce<number>(
    (sum, definition) => sum + (definition === undefined ? 0 : jsonCharacters(definition)),
    contentsOf(body).reduce<number>((sum, content) => sum + contentCharacters(content), 0),
  )
}

/** The output that a request asks for. */
export function geminiOutput(body: unknown): RequestedOutput {
  const config = eitherField(body, 'generationConfig')
  const count = countIn(config, 'candidateCount') ?? countIn(config, 'candidate_count') ?? 1
  return {
    maxTokens: maxTokensIn(config, 'maxOutputTokens') ?? maxTokensIn(config, 'max_output_tokens'),
    answerCount: Math.min(Math.max(count, 1), maxAnswerCount),
  }
}

/** What a request refers to and does not hold: cached contents and uploaded files at its vendor. */
export function geminiNeeds(body: unknown): readonly Reference[] {
  const cached = eitherField(body, 'cachedContent')
  const files = contentsOf(body)
    .flatMap(partsOf)
    .map(part => eitherField(eitherField(part, 'fileData'), 'fileUri'))
  return [
    ...(typeof cached === 'string' && cached !== '' ? [{ field: 'cachedContent', id: cached }] : []),
    ...files.flatMap(uri =>
      typeof uri === 'string' && uploadedFile.test(uri) ? [{ field: 'fileData.fileUri', id: uri }] : [],
    ),
  ]
}

function contentsOf(body: unknown): readonly unknown[] {
  return [eitherField(body, 'systemInstruction'), ...elementsOf(fieldOf(body, 'contents'))]
}
