import type { Rejection } from './rejection.js'
import type { ReadyProvider } from './routing-table.js'

/** A subject that the gateway cannot identify; any call may hold its quota. */
const anyone = '*'

/** The subjects whose quota a call at a provider holds, by name. */
export function subjectsOf({ name, pool }: ReadyProvider): readonly string[] {
  return [anyone, `provider:${name}`, ...(pool === null ? [] : [`pool:${pool}`])]
}

/** The subjects whose quota a request lacked, of keys that are currently without room. */
export function spentSubjects(rejections: readonly Rejection[]): readonly string[] {
  const reasons = rejections.flatMap(rejection =>
    rejection.kind === 'denied' && isSpent(rejection) ? rejection.reasons : [],
  )
  return [...new Set(reasons.map(({ subject: { kind, name } }) => nameOf(kind, name)))]
}

/** Whether the key is currently without room, rather than permanently. */
function isSpent({ reasons }: Extract<Rejection, { kind: 'denied' }>): boolean {
  return reasons.every(({ code }) => code === 'exhausted')
}

function nameOf(kind: string, name: string): string {
  return kind === 'provider' || kind === 'pool' ? `${kind}:${name}` : anyone
}
