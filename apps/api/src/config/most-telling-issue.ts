import { issueText } from '@quotakeeper/quota-core'
import type { z } from 'zod'

/** An error at one place of a document. */
export interface Fault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

type Issue = z.core.$ZodIssue

/** Most errors that are listed. */
const maxFaults = 50

/**
 * The errors of a document, each once and at its deepest place. Of alternatives (a map or a list, one of several
 * receivers), that of the intended one.
 */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  const faults = error.issues
    .slice(0, maxFaults)
    .flatMap(issue => [faultOf(issue, []), ...furtherKeys(issue)])
  // A value may break several rules with one text, such as the pattern and the range of a price.
  const byText = new Map(faults.map(fault => [`${fault.path.join('.')}: ${fault.message}`, fault]))
  return faults.length === 0 ? [{ path: [], message: 'is not valid' }] : [...byText.values()]
}

/** Unknown settings beside the first one. */
function furtherKeys(issue: Issue): readonly Fault[] {
  if (issue.code !== 'unrecognized_keys') return []
  const [, ...keys] = issue.keys
  return keys.slice(0, maxFaults).map(key => faultOf({ ...issue, keys: [key] }, []))
}

function faultOf(issue: Issue, above: Fault['path']): Fault {
  const path = [...above, ...issue.path.map(part => (typeof part === 'symbol' ? String(part) : part))]
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key = ''] = issue.keys
      return { path: [...path, key], message: `unknown setting "${key}"` }
    }
    case 'invalid_key':
      return { path, message: issue.issues[0]?.message ?? issue.message }
    case 'invalid_union':
      return faultOfUnion(issue, path)
    default:
      return { path, message: issueText(issue) }
  }
}

function faultOfUnion(issue: z.core.$ZodIssueInvalidUnion, path: Fault['path']): Fault {
  const ofType = issue.errors.filter(([first]) => first !== undefined && !isAtRoot(first))
  const known = ofType.find(issues => !issues.some(isUnknownKey))
  const [first] = known ?? ofType[0] ?? []
  if (first === undefined) return { path, message: issueText(issue) }
  const unknown = known === undefined ? ofType[0]?.find(isUnknownKey) : undefined
  if (unknown === undefined) return faultOf(first, path)
  const fault = faultOf(unknown, path)
  const keys = ofType.flatMap(([missing]) => (missing?.path.length === 1 ? missing.path.map(String) : []))
  return { path: fault.path, message: `${fault.message}; write one of ${[...new Set(keys)].join(', ')}` }
}

/** Whether the value is of another type than the alternative. */
function isAtRoot(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type'
}

/** Whether the value has a setting that the alternative has not. */
function isUnknownKey(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'unrecognized_keys'
}
