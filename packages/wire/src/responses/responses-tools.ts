import type { Conversation, Tool, ToolChoice } from '../conversation/conversation.js'
import type { Findings } from '../conversation/findings.js'
import { elementsOf, fieldOf, filledText, isObject, type JsonObject, textOf } from '../json/json-value.js'

/** Reads the tools that any vendor's model can call, and the tool choice. Built-in tools of the vendor are left out. */
export function readResponsesTools(
  body: JsonObject,
  findings: Findings,
): Pick<Conversation, 'tools' | 'toolChoice'> {
  const given = elementsOf(fieldOf(body, 'tools'))
  const tools = given.flatMap(tool => readTool(tool, null, findings))
  const choice = fieldOf(body, 'tool_choice')
  const type = fieldOf(choice, 'type')
  if (choice === 'required' && tools.length === 0 && given.length > 0)
    return refused(builtIn(given), findings)
  if (choice === 'auto' || choice === 'none' || choice === 'required')
    return { tools, toolChoice: { type: choice } }
  if (!isObject(choice)) return { tools, toolChoice: null }
  if (type === 'function' || type === 'custom') return { tools, toolChoice: namedChoice(choice, tools) }
  if (type === 'allowed_tools') return allowedTools(choice, tools, findings)
  return refused(textOf(type), findings)
}

function refused(name: string, findings: Findings): Pick<Conversation, 'tools' | 'toolChoice'> {
  findings.refuse({
    field: 'tool_choice',
    code: 'unsupported',
    message: `This model is served by a vendor without the built-in tool "${name.slice(0, 64)}", which "tool_choice" insists on: choose "auto", or a model whose vendor has it.`,
  })
  return { tools: [], toolChoice: null }
}

function builtIn(given: readonly unknown[]): string {
  return textOf(fieldOf(given[0], 'type'))
}

function namedChoice(choice: JsonObject, tools: readonly Tool[]): ToolChoice | null {
  const name = filledText(fieldOf(choice, 'name')) ?? filledText(fieldOf(fieldOf(choice, 'function'), 'name'))
  if (name === null) return null
  const tool = tools.find(known => known.name === name)
  const isCustom = fieldOf(choice, 'type') === 'custom'
  return {
    type: 'tool',
    tool: tool ?? { name, namespace: filledText(fieldOf(choice, 'namespace')), isCustom },
  }
}

/** Few vendors support a choice among some tools, so the others are not offered. */
function allowedTools(
  choice: JsonObject,
  tools: readonly Tool[],
  findings: Findings,
): Pick<Conversation, 'tools' | 'toolChoice'> {
  const allowed = elementsOf(fieldOf(choice, 'tools'))
  const names = new Set(allowed.map(tool => fieldOf(tool, 'name')))
  const kept = tools.filter(
    ({ name, namespace }) => names.has(name) || (namespace !== null && names.has(namespace)),
  )
  const mode = fieldOf(choice, 'mode') === 'required' ? 'required' : 'auto'
  if (mode === 'required' && kept.length === 0) return refused(builtIn(allowed), findings)
  return { tools: kept, toolChoice: { type: mode } }
}

function readTool(tool: unknown, namespace: string | null, findings: Findings): readonly Tool[] {
  const type = fieldOf(tool, 'type')
  if (type === 'namespace' && namespace === null)
    return elementsOf(fieldOf(tool, 'tools')).flatMap(child =>
      readTool(child, filledText(fieldOf(tool, 'name')), findings),
    )
  // Some clients send the format of chat completions, with the definition one level deeper.
  const defined = fieldOf(tool, 'function') ?? tool
  const name = filledText(fieldOf(defined, 'name'))
  if ((type !== 'function' && type !== 'custom') || name === null) {
    findings.leaveOut(`tools.${textOf(type)}`)
    return []
  }
  const schema = fieldOf(defined, 'parameters')
  const strict = fieldOf(defined, 'strict')
  const format = fieldOf(defined, 'format')
  return [
    {
      name,
      namespace,
      isCustom: type === 'custom',
      description: filledText(fieldOf(defined, 'description')),
      schema: isObject(schema) ? schema : null,
      isStrict: typeof strict === 'boolean' ? strict : null,
      format: isObject(format) ? format : null,
      cacheControl: null,
    },
  ]
}
