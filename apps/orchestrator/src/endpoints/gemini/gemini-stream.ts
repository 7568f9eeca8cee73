import { errorStatusOf, StreamUsage } from '@quotakeeper/vendors'
import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import type {
  ChoiceProgress,
  StreamDialect,
  StreamEvent,
  StreamRewriter,
  TextPiece,
} from '../stream-dialect.js'
import { textsWithin } from '../texts-within.js'
import { assembleGemini, indexOf } from './assemble-gemini.js'
import { candidatesOf, finishReasonOf, geminiAnswerCharacters, isBlockedPrompt } from './gemini-answer.js'
import { isFilledPart, partsOf } from './gemini-parts.js'
import { writeGoogleError } from './google-error.js'

/** Behind any stream some vendors send so; Google's client fails at it. */
const foreignEndMark = '[DONE]'

/** How answers are streamed: each event has the form of a whole answer, and the last ones say why the candidates ended. */
export const geminiStream: StreamDialect = {
  endMark: null,
  readUsage: vendor => new StreamUsage(vendor),
  write: event => `data: ${JSON.stringify(event)}\n\n`,
  errorOf,
  hasContent: event =>
    candidatesOf(event).some(candidate => partsOf(fieldOf(candidate, 'content')).some(isFilledPart)),
  progressOf,
  textsOf,
  countCharacters: () => geminiAnswerCharacters,
  isWholeAnswer: () => false,
  isUsageAlone: () => false,
  assemble: assembleGemini,
  split: answer => [answer],
  errorEvent: message =>
    writeGoogleError({ httpStatus: 502, type: 'server_error', code: 'vendor_failed', message, param: null })
      .body,
}

/** The events as they came, without a foreign end mark. */
export function passedEvents(): StreamRewriter {
  return {
    dialect: geminiStream,
    keepsAnswer: false,
    take: ({ text }) => (isEndMark(text) ? [] : null),
    end: () => [],
    fail: message => [geminiStream.errorEvent(message)],
  }
}

const arrayEnd = Object.freeze({})

/** The events as the elements of one JSON array, which clients get that do not ask for `alt=sse`. */
export function arrayElements(): StreamRewriter {
  let first: unknown
  const write = (event: unknown): string => {
    if (event === arrayEnd) return ']'
    first ??= event
    return `${event === first ? '[' : ',\r\n'}${JSON.stringify(event)}`
  }
  return {
    dialect: { ...geminiStream, write },
    keepsAnswer: false,
    hasComments: false,
    take: ({ text, parsed }) => (isEndMark(text) ? [] : [parsed]),
    end: () => [arrayEnd],
    fail: message => [geminiStream.errorEvent(message), arrayEnd],
  }
}

function isEndMark(text: string): boolean {
  return text.trimStart().startsWith(foreignEndMark)
}

function errorOf({ name, text, parsed }: StreamEvent): unknown {
  if (isEndMark(text)) return null
  if (!isObject(parsed)) {
    const [first] = elementsOf(parsed)
    return isObject(first) && first['error'] ? first : { error: text }
  }
  if (parsed['error']) return parsed
  if (name === 'error') return { error: parsed }
  return errorStatusOf(parsed) === null ? null : parsed
}

function progressOf(event: unknown): readonly ChoiceProgress[] {
  if (isBlockedPrompt(event)) return [{ index: 0, isFinished: true }]
  return candidatesOf(event).map((candidate, place) => ({
    index: indexOf(candidate, place),
    isFinished: finishReasonOf(candidate) !== null,
  }))
}

function textsOf(event: unknown): readonly TextPiece[] {
  return candidatesOf(event).flatMap((candidate, place) =>
    partsOf(fieldOf(candidate, 'content')).flatMap(part => {
      const kind = fieldOf(part, 'thought') === true ? 'thought' : 'text'
      return textsWithin(part, `${indexOf(candidate, place)}.${kind}`)
    }),
  )
}
