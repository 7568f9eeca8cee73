import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { chatStream } from '../chat-completions/chat-stream.js'
import type { StreamDialect, TextPiece } from '../stream-dialect.js'
import { completionCharacters } from './completion-answer.js'

/** Streams of text completions: like chat completions, but each choice has a `text`. */
export const completionStream: StreamDialect = {
  ...chatStream,
  hasContent: event => completionCharacters(event) > 0,
  textsOf,
  countCharacters: () => completionCharacters,
  // An event has the same format as a whole answer.
  isWholeAnswer: () => false,
  assemble,
  split,
}

function textsOf(event: unknown): readonly TextPiece[] {
  return elementsOf(fieldOf(event, 'choices')).flatMap((choice, place) => {
    const text = fieldOf(choice, 'text')
    if (typeof text !== 'string' || text === '' || !isObject(choice)) return []
    const replace = (replacement: string): void => {
      Object.assign(choice, { text: replacement })
    }
    return [{ channel: `${fieldOf(choice, 'index') ?? place}.text`, text, replace }]
  })
}

/** Concatenates the texts of each choice; for other fields the last non-null value counts. */
function assemble(events: readonly unknown[]): unknown {
  // Without prototypes, since vendors name the fields.
  const answer: Record<string, unknown> = Object.create(null)
  const choices = new Map<unknown, Record<string, unknown>>()
  for (const event of events.filter(isObject)) {
    for (const [field, value] of Object.entries(event))
      if (field !== 'choices') answer[field] = value ?? answer[field] ?? null
    for (const [place, choice] of elementsOf(event['choices']).entries()) {
      const key = fieldOf(choice, 'index') ?? place
      const whole = choices.get(key) ?? Object.assign(Object.create(null), { index: key, text: '' })
      choices.set(key, whole)
      for (const [field, value] of Object.entries(isObject(choice) ? choice : {}))
        whole[field] = field === 'text' ? `${whole['text']}${value ?? ''}` : (value ?? whole[field] ?? null)
    }
  }
  return {
    ...answer,
    choices: [...choices.values()].toSorted((left, right) => Number(left['index']) - Number(right['index'])),
  }
}

function split(answer: unknown, wantsUsage: boolean): readonly unknown[] {
  const { choices, usage, ...rest } = isObject(answer) ? answer : {}
  const events = elementsOf(choices).map((choice, index) => ({
    ...rest,
    choices: [
      { index, logprobs: null, ...(isObject(choice) ? choice : {}), finish_reason: reasonOf(choice) },
    ],
  }))
  return wantsUsage && isObject(usage) ? [...events, { ...rest, choices: [], usage }] : events
}

function reasonOf(choice: unknown): string {
  const reason = fieldOf(choice, 'finish_reason')
  return typeof reason === 'string' && reason !== '' ? reason : 'stop'
}
