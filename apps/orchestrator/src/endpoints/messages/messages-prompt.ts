import { elementsOf, fieldOf, jsonCharacters, textCharacters } from '../../json-value.js'
import { mediaCharacters } from '../media-characters.js'

/** Results of tools hold blocks, and no such results again. */
const maxDepth = 2

/**
 * The characters of the prompt of a request of Messages, in code points: system, all blocks with text, calls and their
 * results, and the definitions of tools and of the answer's format as JSON text.
 */
export function messagesPromptCharacters(body: unknown): number {
  const messages = elementsOf(fieldOf(body, 'messages'))
  const contents = [fieldOf(body, 'system'), ...messages.map(message => fieldOf(message, 'content'))]
  const definitions = [fieldOf(body, 'tools'), fieldOf(fieldOf(body, 'output_config'), 'format')]
  return definitions.reduce<number>(
    (sum, definition) => sum + (definition === undefined ? 0 : jsonCharacters(definition)),
    contents.reduce<number>((sum, content) => sum + contentCharacters(content, 0), 0),
  )
}

/** The characters of what a message holds, asked or answered. */
export function contentCharacters(content: unknown, depth: number): number {
  if (typeof content === 'string') return textCharacters(content)
  return elementsOf(content).reduce<number>((sum, block) => sum + blockCharacters(block, depth), 0)
}

function blockCharacters(block: unknown, depth: number): number {
  switch (fieldOf(block, 'type')) {
    case 'text':
      return textCharacters(fieldOf(block, 'text'))
    case 'thinking':
      return textCharacters(fieldOf(block, 'thinking'))
    case 'redacted_thinking':
      return 0
    case 'tool_use':
    case 'server_tool_use':
      return textCharacters(fieldOf(block, 'name')) + jsonCharacters(fieldOf(block, 'input') ?? {})
    case 'tool_result':
      return depth < maxDepth ? contentCharacters(fieldOf(block, 'content'), depth + 1) : 0
    default: {
      // A document of text; all others are files and images.
      const source = fieldOf(block, 'source')
      return fieldOf(source, 'type') === 'text'
        ? textCharacters(fieldOf(source, 'data'))
        : mediaCharacters(block)
    }
  }
}
