import type { Finding } from '@quotakeeper/api'
import { askKeys, type CheckedKey } from '../api/ask-keys.js'
import { Failure } from '../failure.js'
import type { Session } from '../session.js'

/** Results that neither accept a key nor refuse it. */
const uncheckedWords: Readonly<Record<string, string>> = {
  unproven: 'the vendor has no list of models',
  unreachable: 'vendor unreachable',
}

/** Whether the gateway has every key and vendors accept them; shows names of providers, never keys. */
export async function keyFinding(session: Session, gatewayUrl: string): Promise<Finding> {
  const about = 'keys'
  try {
    const { keys } = await askKeys(session, undefined, gatewayUrl)
    const bad = keys.filter(
      ({ result }) => result === 'missing' || result === 'refused' || result === 'no_money',
    )
    if (bad.length === 0) return { about, found: soundText(keys), remedy: null }
    const found = bad
      .map(({ providerName, result }) => `${providerName} ${result.replace('_', ' ')}`)
      .join(', ')
    const remedies = [...new Set(bad.flatMap(({ remedy }) => (remedy === null ? [] : [remedy])))]
    return { about, found, remedy: remedies.join('; ') }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { about, found: 'not known', remedy: error.message }
  }
}

/** `4 accepted, 1 not checked (groq_2: vendor unreachable)`: a key that no vendor has answered for is not called accepted. */
function soundText(keys: readonly CheckedKey[]): string {
  const unchecked = keys.filter(({ result }) => result in uncheckedWords)
  const accepted = `${keys.length - unchecked.length} accepted`
  if (unchecked.length === 0) return accepted
  const reasons = unchecked.map(
    ({ providerName, result }) => `${providerName}: ${uncheckedWords[result] ?? result}`,
  )
  return `${accepted}, ${unchecked.length} not checked (${reasons.join(', ')})`
}
