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
 * The errors of a document, each at its deepest place. Of alternatives (a map or a list), that of the intended one, which
 * does not fail at its root.
 */
export function faultsOf(error: z.ZodError): readonly Fault[] {
  const faults = error.issues
    .slice(0, maxFaults)
    .flatMap(issue => [faultOf(issue, []), ...furtherKeys(issue)])
  return faults.length === 0 ? [{ path: [], message: 'is not valid' }] : faults
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
    case 'invalid_union': {
      const meant = issue.errors.find(([first]) => first !== undefined && !isAtRoot(first))
      const first = meant?.[0]
      return first === undefined ? { path, message: issue.message } : faultOf(first, path)
    }
    default:
      return { path, message: issue.message }
  }
}

/** Whether the value is of another type than the alternative. */
function isAtRoot(issue: Issue): boolean {
  return issue.path.length === 0 && issue.code === 'invalid_type'
}
