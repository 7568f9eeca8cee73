import type { z } from 'zod'

/** How types are called in texts, by zod's names. */
const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
}

const formatNames: Readonly<Record<string, string>> = { email: 'an e-mail address', url: 'a URL' }

/**
 * What is wrong with a value, and what it must be. A schema's own text is kept; zod's are replaced, which name types of
 * JavaScript, and no remedy.
 */
export function issueText(issue: z.core.$ZodIssue): string {
  // Schemas' own texts begin in lower case, those of zod in upper case.
  if (!/^[A-Z]/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return typeText(issue)
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `must ${boundText(issue.origin, 'at least', issue.minimum)}`
    case 'too_big':
      return `must ${boundText(issue.origin, 'at most', issue.maximum)}`
    case 'unrecognized_keys':
      return 'is not a known field; check its spelling, or leave it out'
    case 'invalid_format':
      return `must be ${formatNames[issue.format] ?? 'of another form'}`
    case 'invalid_union':
      return unionText(issue)
    default:
      return 'is not valid'
  }
}

function typeText({ expected, message }: z.core.$ZodIssueInvalidType): string {
  const name = typeNames[expected] ?? expected
  // An issue has the type of what was given only in its message.
  if (message.endsWith('received undefined')) return `is missing; it must be ${name}`
  // YAML and JSON have numbers and dates without quotes.
  if (expected === 'string' && /received (?:number|boolean|Date)$/.test(message)) {
    return 'must be text: put it in quotes'
  }
  return `must be ${name}`
}

function boundText(origin: string, bound: string, count: number | bigint): string {
  if (origin === 'array') return `have ${bound} ${count} ${count === 1 ? 'entry' : 'entries'}`
  if (origin === 'string') return `have ${bound} ${count} ${count === 1 ? 'character' : 'characters'}`
  return `be ${bound} ${count}`
}

/** The types of the alternatives, if the value has none of them. */
function unionText({ errors }: z.core.$ZodIssueInvalidUnion): string {
  const names = errors.flatMap(([first]) =>
    first?.code === 'invalid_type' ? [typeNames[first.expected] ?? first.expected] : [],
  )
  return names.length === 0 ? 'is not valid' : `must be ${[...new Set(names)].join(' or ')}`
}
