import type { FastifyInstance } from 'fastify'
import type { Services } from '../../router/context.js'
import type { Access } from './access.js'
import { namesSession } from './session.js'

/** How old may be what is known of sessions that were left elsewhere, in milliseconds. */
const maxAgeMs = 2_000

/**
 * Before a request with a session's cookie is answered, learns which sessions were left at other replicas or before this
 * process began: one read each two seconds, and none without such requests. While the database does not answer, what is
 * known goes on to hold; nothing else is answered then either.
 */
export function hearOfEndedSessions(
  app: FastifyInstance,
  { ended }: Pick<Access, 'ended'>,
  sessions: Services['sessions'],
): void {
  let askedAtMs = Number.NEGATIVE_INFINITY
  let underWay: Promise<void> = Promise.resolve()
  const ask = async (): Promise<void> => {
    try {
      ended.learn(await sessions.read(), Date.now())
    } catch (err) {
      app.log.warn({ err }, 'reading ended sessions failed')
    }
  }
  app.addHook('onRequest', async ({ headers }) => {
    if (!namesSession(headers.cookie)) return
    if (performance.now() - askedAtMs > maxAgeMs) {
      askedAtMs = performance.now()
      underWay = ask()
    }
    await underWay
  })
}
