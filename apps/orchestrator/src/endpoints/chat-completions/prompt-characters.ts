import { countCodePoints } from '@quotakeeper/quota-core/rules'
import { elementsOf, fieldOf, jsonCharacters } from '../../json-value.js'
import { mediaCharacters } from '../media-characters.js'
import { calledCharacters, calledOf } from './tool-call.js'

/** Definitions that vendors put into the prompt. */
const definitions = ['tools', 'functions', 'response_format'] as const

/**
 * The characters of a chat request's prompt, in code points: the text of all messages, called functions
 * and tools with what they are given, and the definitions of tools and of the answer's format as JSON text.
 */
export function chatPromptCharacters(body: unknown): number {
  const messages = elementsOf(fieldOf(body, 'messages'))
  const ofMessages = messages.reduce<number>((sum, message) => sum + messageCharacters(message), 0)
  return definitions.reduce((sum, name) => {
    const definition = fieldOf(body, name)
    return sum + (definition === undefined ? 0 : jsonCharacters(definition))
  }, ofMessages)
}

/** The characters of one message, asked or answered. */
export function messageCharacters(message: unknown): number {
  const calls = elementsOf(fieldOf(message, 'tool_calls')).map(calledOf)
  const called = [...calls, fieldOf(message, 'function_call')].reduce<number>(
    (sum, call) => sum + calledCharacters(call),
    0,
  )
  return called + contentCharacters(fieldOf(message, 'content'))
}

function contentCharacters(content: unknown): number {
  if (typeof content === 'string') return countCodePoints(content)
  return elementsOf(content).reduce<number>((sum, part) => sum + partCharacters(part), 0)
}

function partCharacters(part: unknown): number {
  const text = typeof part === 'string' ? part : fieldOf(part, 'text')
  return typeof text === 'string' ? countCodePoints(text) : mediaCharacters(part)
}
