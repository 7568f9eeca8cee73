import type { RouteDeps } from '../route-deps.js'
import type { Attempt } from './attempt.js'

/** Extends the reservation while its call goes on, so that it does not expire under it. */
export function keepReservation({ api, log }: RouteDeps, { granted, ttlSeconds }: Attempt): () => void {
  const { reservationId } = granted
  const timer = setInterval(
    () => {
      api.extend({ reservationId, ttlSeconds }).catch((error: unknown) => {
        // Should it expire, it is charged in full until the settlement comes.
        log.warn({ err: error, reservationId }, 'the reservation of a stream could not be extended')
      })
    },
    (ttlSeconds * 1_000) / 2,
  )
  return () => clearInterval(timer)
}
