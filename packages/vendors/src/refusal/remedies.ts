import type { RefusalKind, RefusalRule } from './refusal-rule.js'

const usualRemedies: Readonly<Partial<Record<RefusalKind, string>>> = {
  billing: 'the vendor reports no remaining money or credit: top it up, or raise the spending limit there',
  bad_credential: 'the vendor rejects the key: create a new one there, and set it',
}

/** The default remedy of a kind; null if waiting helps, or nothing does. */
export function usualRemedy(kind: RefusalKind): string | null {
  return usualRemedies[kind] ?? null
}

/** What a person can do, naming the cause; null if waiting helps, or nothing does. */
export function remedyOf(rule: RefusalRule, kind: RefusalKind): string | null {
  return rule.remedy ?? usualRemedy(kind)
}
