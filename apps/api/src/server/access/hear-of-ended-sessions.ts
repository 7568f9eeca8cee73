import type { FastifyInstance } from 'fastify'
import type { Services } from '../../router/context.js'
import type { Access } from './access.js'
import { namesSession } from './session.js'

/** Largest age of the known state of ended sessions. */
const maxAgeMs = 2_000

/**
 * Before answering a request with a session cookie, reads which sessions ended at other replicas or before this process
 * started: at most one read every two seconds, none without such requests. While the database does not answer, the
 * known state stays valid; other requests fail then anyway.
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
