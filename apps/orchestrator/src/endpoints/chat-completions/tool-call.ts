import { fieldOf, givenCharacters, textCharacters } from '../../json-value.js'

/** Texts of a call that clients concatenate: the arguments of a function, the input of a custom tool. */
export const callTexts = ['arguments', 'input'] as const

/** What an element of `tool_calls` calls: a function, or a custom tool, which takes free text. */
export function calledOf(call: unknown): unknown {
  return fieldOf(call, 'function') ?? fieldOf(call, 'custom')
}

/** The characters of a called function or tool, in code points: its name and what it is given. */
export function calledCharacters(called: unknown): number {
  return callTexts.reduce(
    (sum, field) => sum + givenCharacters(fieldOf(called, field)),
    textCharacters(fieldOf(called, 'name')),
  )
}
