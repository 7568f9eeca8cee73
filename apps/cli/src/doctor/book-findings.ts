import { connect } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import type { Session } from '../session.js'
import { progressLine } from '../terminal/progress-line.js'
import { clockFinding, type Finding } from './finding.js'

/** A ledger of a million rows takes the API half a minute. */
const longestSumMs = 600_000
/** Discrepancies of one provider that are told. */
const mostTold = 10

/** Each pool's books once, and those of every provider without one; and the clock of the database. */
export async function bookFindings({ api, signal, terminal }: Session): Promise<readonly Finding[]> {
  const client = connect(api, signal, longestSumMs)
  const providers = await everyRow(page => client.providers.list.query(page))
  const progress = progressLine(terminal)
  const examined = new Set<string>()
  const findings: Finding[] = []
  let clock: Finding | null = null
  try {
    for (const { name } of providers) {
      if (examined.has(name)) continue
      progress.show(`adding up the ledger: ${examined.size} of ${providers.length} providers`)
      const askedMs = Date.now()
      const examination = await client.system.examine.query({ providerName: name })
      clock ??= clockFinding('clock of the database', Date.parse(examination.storeNow), askedMs)
      for (const each of examination.providerNames) examined.add(each)
      for (const { place, expected, found } of examination.discrepancies.slice(0, mostTold)) {
        findings.push({
          about: 'books',
          found: `${place}: ${found}, but the ledger adds up to ${expected}`,
          remedy: 'calls in flight may show so: look again when it is quiet; if it stays, report it',
        })
      }
    }
  } finally {
    progress.end()
  }
  if (findings.length === 0) {
    findings.push({
      about: 'books',
      found: `those of ${examined.size} providers agree with the ledger`,
      remedy: null,
    })
  }
  return clock === null ? findings : [clock, ...findings]
}
