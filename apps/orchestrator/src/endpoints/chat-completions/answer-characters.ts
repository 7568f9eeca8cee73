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
    const refusal = fieldOf(message, 'refusal')
    const transcript = fieldOf(fieldOf(message, 'audio'), 'transcript')
    const others = textCharacters(refusal) + textCharacters(transcript)
    return sum + messageCharacters(message) + reasoningCharacters(message) + others
  }, 0)
}

/** Vendors give the same reasoning in several places at once: the fullest counts. */
function reasoningCharacters(message: unknown): number {
  const ofDetails = elementsOf(fieldOf(message, 'reasoning_details')).reduce<number>(
    (sum, detail) =>
      sum + textCharacters(fieldOf(detail, 'text')) + textCharacters(fieldOf(detail, 'summary')),
    0,
  )
  const ofTexts = ['reasoning_content', 'reasoning'].map(field => textCharacters(fieldOf(message, field)))
  return Math.max(ofDetails, ...ofTexts)
}
