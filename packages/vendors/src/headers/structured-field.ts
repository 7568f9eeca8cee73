/** One member of a structured list: its names and parameters, values without quotes. */
export interface FieldMember {
  /** The item itself and every parameter without a value, without quotes. */
  readonly names: readonly string[]
  readonly parameters: ReadonlyMap<string, string>
}

const maxMembers = 50
const piece = /"(?:[^"\\]|\\.)*"|[^",;]+|[,;]/g

/**
 * The members of a list such as `"api";r=999;t=242, "other";r=1`. Lenient: unreadable parts are skipped, since vendors
 * write this by hand. Dictionary forms (`limit=100, remaining=50`) become members with one parameter each. Source: RFC
 * 9651
 */
export function parseMembers(text: string): readonly FieldMember[] {
  const members: { names: string[]; parameters: Map<string, string> }[] = []
  let member = { names: [] as string[], parameters: new Map<string, string>() }
  let pending = ''
  const endPiece = () => {
    addPiece(member, pending.trim())
    pending = ''
  }
  for (const [token] of text.matchAll(piece)) {
    if (token !== ',' && token !== ';') pending += token
    else endPiece()
    if (token === ',') {
      members.push(member)
      member = { names: [], parameters: new Map() }
    }
  }
  endPiece()
  return [...members, member].slice(0, maxMembers)
}

function addPiece(member: { names: string[]; parameters: Map<string, string> }, text: string): void {
  const [, key, value] = /^([a-z*][a-z0-9_.*-]*)=(.*)$/is.exec(text) ?? []
  if (key !== undefined && value !== undefined) member.parameters.set(key.toLowerCase(), unquoted(value))
  else if (text !== '') member.names.push(unquoted(text))
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, '$1').trim()
}
