import type { Reaction, VendorCall } from '@quotakeeper/test-kit'
import { elementsOf, fieldOf } from '../src/json-value.js'

const usage = { prompt_tokens: 400, completion_tokens: 20, total_tokens: 420 }

/**
 * A model that has its agent run the commands one after the other, by whichever tool of it runs commands, and then says
 * `words`. Calls without such a tool, as agents make for titles, get the words alone.
 */
export function playModel(commands: readonly string[], words: string): (call: VendorCall) => Reaction {
  return call => {
    const results = elementsOf(call.body['messages']).filter(
      message => fieldOf(message, 'role') === 'tool',
    ).length
    const command = commands[results]
    const tool = toolOf(call)
    return tool === null || command === undefined
      ? { kind: 'complete', text: words, usage }
      : callTool(call, {
          id: `call_${results + 1}`,
          name: tool.name,
          arguments: argumentsFor(tool.parameters, command),
        })
  }
}

interface CommandTool {
  readonly name: string
  readonly parameters: unknown
}

function toolOf({ body }: VendorCall): CommandTool | null {
  const tools = elementsOf(body['tools']).map(tool => fieldOf(tool, 'function'))
  const found = tools.find(tool =>
    /^(exec_command|shell|shell_command|Bash)$/.test(String(fieldOf(tool, 'name'))),
  )
  return found === undefined
    ? null
    : { name: String(fieldOf(found, 'name')), parameters: fieldOf(found, 'parameters') }
}

/** The command in the form that the tool takes it: a text, or the words of a shell. */
function argumentsFor(parameters: unknown, command: string): string {
  const properties = fieldOf(parameters, 'properties')
  const name = fieldOf(properties, 'cmd') === undefined ? 'command' : 'cmd'
  const isList = fieldOf(fieldOf(properties, name), 'type') === 'array'
  return JSON.stringify({ [name]: isList ? ['sh', '-c', command] : command })
}

function callTool(
  call: VendorCall,
  made: { readonly id: string; readonly name: string; readonly arguments: string },
): Reaction {
  const about = { id: `chatcmpl-${call.index}`, created: 1, model: call.model }
  const { id, ...invoked } = made
  if (call.body['stream'] !== true) {
    const message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ id, type: 'function', function: invoked }],
    }
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }]
    return { kind: 'answer', httpStatus: 200, body: { ...about, object: 'chat.completion', choices, usage } }
  }
  const event = (choices: readonly object[], more: object = {}) =>
    `data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`
  const delta = (fields: object, finish_reason: string | null = null) =>
    event([{ index: 0, delta: fields, finish_reason }])
  const middle = Math.floor(invoked.arguments.length / 2)
  return {
    kind: 'pieces',
    headers: { 'content-type': 'text/event-stream' },
    pieces: [
      delta({ role: 'assistant', content: null }),
      delta({
        tool_calls: [{ index: 0, id, type: 'function', function: { name: invoked.name, arguments: '' } }],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: invoked.arguments.slice(0, middle) } }] }),
      delta({ tool_calls: [{ index: 0, function: { arguments: invoked.arguments.slice(middle) } }] }),
      delta({}, 'tool_calls'),
      event([], { usage }),
      'data: [DONE]\n\n',
    ],
  }
}
