import type { Finding } from '@quotakeeper/api'
import { askKeys } from '../api/ask-keys.js'
import { Failure } from '../failure.js'
import type { Session } from '../session.js'

/** Whether the gateway has every key and vendors accept them; shows names of providers, never keys. */
export async function keyFinding(session: Session, gatewayUrl: string): Promise<Finding> {
  const about = 'keys'
  try {
    const { keys } = await askKeys(session, undefined, gatewayUrl)
    const bad = keys.filter(
      ({ result }) => result === 'missing' || result === 'refused' || result === 'no_money',
    )
    if (bad.length === 0) return { about, found: `${keys.length} of the gateway are present`, remedy: null }
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
