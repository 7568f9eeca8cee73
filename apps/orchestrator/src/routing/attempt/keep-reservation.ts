import type { RouteDeps } from '../route-deps.js'
import type { Attempt } from './attempt.js'

/** Extends the reservation while its call is running, so that it does not expire. */
export function keepReservation({ api, log }: RouteDeps, { granted, ttlSeconds }: Attempt): () => void {
  const { reservationId } = granted
  const timer = setInterval(
    () => {
      api.extend({ reservationId, ttlSeconds }).catch((error: unknown) => {
        // If it expires, it is charged in full until it is settled.
        log.warn({ err: error, reservationId }, 'the reservation of a stream could not be extended')
      })
    },
    (ttlSeconds * 1_000) / 2,
  )
  return () => clearInterval(timer)
}
