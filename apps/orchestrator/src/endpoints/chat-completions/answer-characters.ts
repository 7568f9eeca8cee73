import { elementsOf, fieldOf, textCharacters } from '../../json-value.js'
import { messageCharacters } from './prompt-characters.js'

/** The characters of a chat completion, in code points: every choice's text, reasoning and called functions. */
export function chatAnswerCharacters(body: unknown): number {
  return charactersOfChoices(body, 'message')
}

/** The characters that one event of a streamed completion adds. */
export function chatDeltaCharacters(event: unknown): number {
  return charactersOfChoices(event, 'delta')
}

function charactersOfChoices(body: unknown, part: 'message' | 'delta'): number {
  return elementsOf(fieldOf(body, 'choices')).reduce<number>((sum, choice) => {
    const message = fieldOf(choice, part)
    const reasoning = fieldOf(message, 'reasoning_content') ?? fieldOf(message, 'reasoning')
    const refusal = fieldOf(message, 'refusal')
    return sum + messageCharacters(message) + textCharacters(reasoning) + textCharacters(refusal)
  }, 0)
}
