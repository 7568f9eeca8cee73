import type { Conversation, Tool } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { elementsOf, fieldOf, filledText, isObject, type JsonObject, textOf } from '../json/json-value.js'

/** Reads the tools run by the client, and the tool choice. Anthropic's built-in tools are left out. */
export function readMessagesTools(
  body: JsonObject,
  findings: Findings,
): Pick<Conversation, 'tools' | 'toolChoice'> {
  const given = elementsOf(fieldOf(body, 'tools'))
  const tools = given.flatMap(tool => readTool(tool, findings))
  const choice = fieldOf(body, 'tool_choice')
  const type = fieldOf(choice, 'type')
  if (type === 'auto' || type === 'none') return { tools, toolChoice: { type } }
  if (type === 'any') {
    if (tools.length === 0 && given.length > 0) refuse(textOf(fieldOf(given[0], 'name')), findings)
    return { tools, toolChoice: { type: 'required' } }
  }
  const name = filledText(fieldOf(choice, 'name'))
  if (type !== 'tool' || name === null) return { tools, toolChoice: null }
  const isKnown = tools.some(tool => tool.name === name)
  if (!isKnown && given.some(tool => fieldOf(tool, 'name') === name)) refuse(name, findings)
  return { tools, toolChoice: { type: 'tool', tool: { name, namespace: null, isCustom: false } } }
}

function refuse(name: string, findings: Findings): void {
  findings.refuse({
    field: 'tool_choice',
    code: 'unsupported',
    message: `tool_choice: this model is served by a vendor without the built-in tool "${name.slice(0, 64)}": choose "auto", or a model whose vendor has it.`,
  })
}

function readTool(tool: unknown, findings: Findings): readonly Tool[] {
  const type = fieldOf(tool, 'type') ?? 'custom'
  const name = filledText(fieldOf(tool, 'name'))
  if (type !== 'custom' || name === null) {
    findings.leaveOut(`tools.${textOf(type)}`)
    return []
  }
  const schema = fieldOf(tool, 'input_schema')
  const strict = fieldOf(tool, 'strict')
  return [
    {
      name,
      namespace: null,
      isCustom: false,
      description: filledText(fieldOf(tool, 'description')),
      schema: isObject(schema) ? schema : null,
      isStrict: typeof strict === 'boolean' ? strict : null,
      format: null,
      cacheControl: fieldOf(tool, 'cache_control') ?? null,
    },
  ]
}
