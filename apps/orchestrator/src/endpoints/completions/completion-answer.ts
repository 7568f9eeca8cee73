import { elementsOf, fieldOf, isObject, textCharacters } from '../../json-value.js'
import { isFailedChoice } from '../chat-completions/chat-answer.js'

/** Whether a body is a text completion: clients read `choices[0].text`, which may be empty. */
export function isCompletion(body: unknown): boolean {
  const choices = elementsOf(fieldOf(body, 'choices'))
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    choices.length > 0 &&
    choices.every(choice => typeof fieldOf(choice, 'text') === 'string' && !isFailedChoice(choice))
  )
}

/** The characters of all texts of an answer or an event, in code points. */
export function completionCharacters(body: unknown): number {
  return elementsOf(fieldOf(body, 'choices')).reduce<number>(
    (sum, choice) => sum + textCharacters(fieldOf(choice, 'text')),
    0,
  )
}
