import type { RefusalKind, RefusalRule } from './refusal-rule.js'

/** What to do about a refusal that no waiting ends, where the rule that told it says nothing better. */
const usualRemedies: Readonly<Partial<Record<RefusalKind, string>>> = {
  billing: 'its vendor says that no money or credit is left: top it up, or raise its limit of spending there',
  bad_credential: 'its vendor does not take the key: make a new one there, and set it',
}

/** What a person can do, naming the thing at fault; null where waiting helps, or nothing. */
export function remedyOf(rule: RefusalRule, kind: RefusalKind): string | null {
  return rule.remedy ?? usualRemedies[kind] ?? null
}
