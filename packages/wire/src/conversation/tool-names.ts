import type { ToolName } from './conversation.js'

/** Longest function name in chat completions and Messages. */
const maxLength = 64
const notAllowed = /[^a-zA-Z0-9_-]/g

/**
 * A tool's name in dialects without namespaces: `namespace__name`. A name that is too long or has invalid characters is
 * shortened and gets a checksum of the whole, so that it is the same in every round.
 */
export function flatToolName({ namespace, name }: Pick<ToolName, 'namespace' | 'name'>): string {
  const whole = namespace === null ? name : `${namespace}__${name}`
  const allowed = whole.replaceAll(notAllowed, '_')
  if (allowed === whole && whole.length <= maxLength && whole !== '') return whole
  return `${allowed.slice(0, maxLength - 9)}_${checksum(whole)}`
}

/** FNV-1a, 32 bits: distinguishes names; not for security. */
function checksum(text: string): string {
  let sum = 0x811c9dc5
  for (let place = 0; place < text.length; place += 1)
    sum = Math.imul(sum ^ text.charCodeAt(place), 0x01000193)
  return (sum >>> 0).toString(16).padStart(8, '0')
}

/** Tools by the name that was sent to the vendor. */
export type ToolNames = ReadonlyMap<string, ToolName>

export function toolNamesOf(tools: readonly ToolName[]): ToolNames {
  return new Map(
    tools.map(({ name, namespace, isCustom }) => [
      flatToolName({ name, namespace }),
      { name, namespace, isCustom },
    ]),
  )
}
