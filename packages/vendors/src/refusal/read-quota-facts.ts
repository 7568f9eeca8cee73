import { waitUntil } from '../headers/parse-reset.js'
import type { Clock } from '../read/clock.js'
import { readWordedInstantMs } from '../read/worded-instant.js'
import { readWordedWaitMs } from '../read/worded-wait.js'
import { detailsOf, type ErrorFacts } from './error-facts.js'
import { firstReported, type QuotaFacts } from './quota-facts.js'
import { readGoogleDetails } from './read-google-details.js'
import { readProse } from './read-prose.js'
import { readWaitFieldsMs } from './read-wait-fields.js'

/**
 * Reads the limit of an error from Google's details, its fields and its words. From quoted answers of other servers
 * only the wait is read, since the limit is not ours.
 */
export function readQuotaFacts(error: ErrorFacts, timeZone: string, clock: Clock): QuotaFacts {
  const google = readGoogleDetails(detailsOf(error.layers), clock)
  const prose = readProse(error.message)
  const reported = firstReported(google, {
    ...prose,
    ...waitsOf(error.layers, error.message, timeZone, clock),
  })
  if (reported.waitMs !== null || error.quotedLayers.length === 0) return reported
  const quoted = waitsOf(error.quotedLayers, error.quotedMessage, timeZone, clock)
  const { waitMs } = readGoogleDetails(detailsOf(error.quotedLayers), clock)
  return { ...reported, waitMs: waitMs ?? quoted.waitMs }
}

function waitsOf(
  layers: readonly unknown[],
  message: string,
  timeZone: string,
  clock: Clock,
): Pick<QuotaFacts, 'waitMs' | 'returnMs'> {
  const fieldMs = readWaitFieldsMs(layers, message, timeZone, clock)
  const instantMs = waitUntil(readWordedInstantMs(message, { nowMs: clock.vendorMs, timeZone }), clock)
  return { waitMs: fieldMs ?? readWordedWaitMs(message) ?? instantMs, returnMs: fieldMs ?? instantMs }
}
