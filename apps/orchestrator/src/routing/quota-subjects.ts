import type { Rejection } from './rejection.js'
import type { ReadyProvider } from './routing-table.js'

/** Whom the gateway cannot tell apart: any call may hold quota of it. */
const anyone = '*'

/** Of whose quota a call at a provider holds, by name. */
export function subjectsOf({ name, pool }: ReadyProvider): readonly string[] {
  return [anyone, `provider:${name}`, ...(pool === null ? [] : [`pool:${pool}`])]
}

/** Whose quota was missing for a request, of the keys that have no room at present. */
export function spentSubjects(rejections: readonly Rejection[]): readonly string[] {
  const reasons = rejections.flatMap(rejection =>
    rejection.kind === 'denied' && isSpent(rejection) ? rejection.reasons : [],
  )
  return [...new Set(reasons.map(({ subject: { kind, name } }) => nameOf(kind, name)))]
}

/** Whether the key has no room at present, rather than never. */
function isSpent({ reasons }: Extract<Rejection, { kind: 'denied' }>): boolean {
  return reasons.every(({ code }) => code === 'exhausted')
}

function nameOf(kind: string, name: string): string {
  return kind === 'provider' || kind === 'pool' ? `${kind}:${name}` : anyone
}
