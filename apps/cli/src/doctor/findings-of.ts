import type { DoctorLine, Finding } from '@quotakeeper/api'
import type { Session } from '../session.js'
import { progressLine } from '../terminal/progress-line.js'

/** Most discrepancies listed per examination. */
const maxListed = 10

/** Yields findings as they arrive, and at the end that all sums agree, if they do. */
export async function* findingsOf(
  lines: AsyncIterable<DoctorLine>,
  { terminal }: Session,
): AsyncGenerator<Finding, void, void> {
  const about = 'counters'
  const progress = progressLine(terminal)
  let examined = 0
  let isSound = true
  try {
    for await (const line of lines) {
      if ('finding' in line) {
        yield line.finding
        continue
      }
      const { providerNames, discrepancies } = line.examination
      examined += providerNames.length
      for (const { place, expected, found } of discrepancies.slice(0, maxListed)) {
        isSound = false
        progress.end()
        yield {
          about,
          found: `${place}: ${found}, but the ledger’s sum is ${expected}`,
          remedy:
            'calls in flight can cause this: check again while no calls are in flight; if it persists, report it',
        }
      }
      progress.show(`checking the ledger: ${examined} providers so far`)
    }
  } finally {
    progress.end()
  }
  if (examined > 0 && isSound)
    yield { about, found: `those of ${examined} providers agree with the ledger`, remedy: null }
}
