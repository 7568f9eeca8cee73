import { type Attempt, type Counts, countNames, noCounts } from '@quotakeeper/quota-core'
import type { AttemptHistory } from '../fixture/journals.js'
import type { Action, Answered } from '../traffic/journal-entry.js'

/**
 * Where the ledger, at rest, differs from the answers that callers got, or holds what no caller has asked for.
 * What was asked and never answered may or may not have happened; what was answered, has.
 */
export function lostAcknowledgements(
  histories: ReadonlyMap<string, AttemptHistory>,
  ledger: readonly Attempt[],
  releasesOnExpiry: (providerName: string) => boolean,
): readonly string[] {
  const rows = new Map(ledger.map(attempt => [attempt.id, attempt]))
  const faults = [...histories.values()].flatMap(history =>
    faultsOf(history, rows.get(history.id), releasesOnExpiry).map(fault => `${history.id}: ${fault}`),
  )
  const unasked = ledger.filter(attempt => !histories.has(attempt.id))
  return [...faults, ...unasked.map(attempt => `${attempt.id}: a row that nobody has asked for`)]
}

function faultsOf(
  history: AttemptHistory,
  row: Attempt | undefined,
  releasesOnExpiry: (providerName: string) => boolean,
): readonly string[] {
  if (row === undefined) {
    const reported = history.answered.find(({ result }) => result !== 'denied')
    return reported === undefined
      ? []
      : [`${reported.action} was answered "${reported.result}", but there is no row`]
  }
  if (answerTo(history, ['reserve', 'acquire'])?.result === 'denied') return ['denied, but there is a row']
  const refused = history.answered.filter(({ result }) => !['granted', 'done'].includes(result))
  const impossible = refused.filter(answer => !mayBeRefused(answer))
  return [
    ...impossible.map(({ action, result }) => `${action} was answered "${result}"`),
    ...grantFaults(history, row),
    ...(row.kind === 'record' ? [] : settlementFaults(history, row, releasesOnExpiry)),
  ]
}

/**
 * A client may learn of its own grant too late, when it has expired already; and what has been
 * committed, or has expired, can be neither extended nor granted again.
 */
function mayBeRefused({ action, result }: Answered): boolean {
  if (action === 'reserve' || action === 'acquire') return result === 'ID_REUSED'
  return action === 'extend' && result === 'ALREADY_SETTLED'
}

function grantFaults(history: AttemptHistory, row: Attempt): readonly string[] {
  const grant = history.answered.find(({ result }) => result === 'granted')
  if (grant !== undefined) {
    return [
      ...differing('reserved', grant.counts ?? noCounts, row.reserved),
      ...(grant.providerName === row.providerName ? [] : [`granted by ${grant.providerName}`]),
      ...keptTooShort(history, row),
    ]
  }
  const asked = history.asked[0]
  if (asked?.action === 'record') return differing('recorded', asked.counts ?? noCounts, row.charged)
  return differing('reserved', asked?.counts ?? noCounts, row.reserved)
}

function keptTooShort({ answered }: AttemptHistory, { expiresAtMs }: Attempt): readonly string[] {
  const promised = Math.max(...answered.map(({ expiresAt }) => (expiresAt ? Date.parse(expiresAt) : 0)))
  return promised > (expiresAtMs ?? 0) ? ['expired before the instant that was promised'] : []
}

function settlementFaults(
  history: AttemptHistory,
  row: Attempt,
  releasesOnExpiry: (providerName: string) => boolean,
): readonly string[] {
  const commit = history.asked.find(({ action }) => action === 'commit')
  const release = history.asked.find(({ action }) => action === 'release')
  const expired = releasesOnExpiry(row.providerName) ? noCounts : row.reserved
  if (row.state === 'expired') {
    const settled = answerTo(history, ['commit', 'release'])
    return [
      ...differing('charged at expiry', expired, row.charged),
      ...(settled === undefined ? [] : [`${settled.action} was answered, but the row is expired`]),
    ]
  }
  if (row.state === 'committed' && commit !== undefined)
    return differing('committed', commit.counts ?? noCounts, row.charged)
  if (row.state === 'released' && release !== undefined) return differing('released', noCounts, row.charged)
  return [`the row is ${row.state}, which nobody has asked for`]
}

function answerTo({ answered }: AttemptHistory, actions: readonly Action[]): Answered | undefined {
  return answered.find(({ action }) => actions.includes(action))
}

function differing(what: string, expected: Counts, found: Counts): readonly string[] {
  return countNames
    .filter(name => expected[name] !== found[name])
    .map(name => `${what}: ${name} is ${found[name]} instead of ${expected[name]}`)
}
