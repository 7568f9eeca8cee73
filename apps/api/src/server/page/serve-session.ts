import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Caller, Services } from '../../router/context.js'
import type { Access } from '../access/access.js'
import { callerOf, roleOfToken, rootCaller } from '../access/caller.js'
import type { Session } from '../access/ended-sessions.js'
import { mayAttempt, refuseGuess } from '../access/identify-callers.js'
import { endedSessionCookie, endSession, sessionCookie, sessionOf } from '../access/session.js'
import { plainProblem, problemMediaType } from '../rest/problem.js'

/** The rights of the dashboard's user. */
export interface SessionState {
  /** Whether a token is needed to see anything. */
  readonly signInNeeded: boolean
  readonly mayUse: boolean
  readonly mayChange: boolean
  readonly isSignedIn: boolean
}

/** Largest body: a token, which unauthenticated callers may send. */
const bodyLimitBytes = 4_096

const signInSchema = z.strictObject({ token: z.string().min(1).max(1_000) })

/**
 * Serves `/session`: returns the user's rights, exchanges a token for a cookie, and signs out, which ends the session
 * on the server, so that a copied cookie is invalid afterwards.
 */
export function serveSession(app: FastifyInstance, access: Access, sessions: Services['sessions']): void {
  app.get('/session', async request => stateOf(callerOf(request), isSignedIn(request, access)))

  app.post('/session', { bodyLimit: bodyLimitBytes }, async (request, reply) => {
    const parsed = signInSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, 'token: send { "token": "…" }')
    const { token } = parsed.data
    const role = roleOfToken(token, access)
    if (!(await mayAttempt({ request, access, isRight: role !== null }))) return refuseGuess(reply)
    if (role === null) return refuse(reply, 401, 'that token is not valid here')
    reply.header('set-cookie', sessionCookie(role, token, { nowMs: Date.now(), isSecure: isSecure(request) }))
    return stateOf(rootCaller(role, access, request.ip), true)
  })

  app.delete('/session', async (request, reply) => {
    const ended = endSession(request.headers.cookie, access, Date.now())
    if (ended !== null && !(await isKept(sessions, ended, request.log))) {
      const detail =
        'the database does not answer, so the session has ended on this server only: sign out again later'
      return refuse(reply, 503, detail)
    }
    reply.header('set-cookie', endedSessionCookie(isSecure(request)))
    return stateOf(rootCaller(null, access, request.ip), false)
  })
}

/** Whether the ended session was stored for all replicas and restarts. */
async function isKept(
  sessions: Services['sessions'],
  session: Session,
  log: FastifyRequest['log'],
): Promise<boolean> {
  try {
    await sessions.end(session)
    return true
  } catch (err) {
    log.warn({ err }, 'storing an ended session failed')
    return false
  }
}

function stateOf({ mayUse, mayChange }: Caller, isSignedIn: boolean): SessionState {
  return { signInNeeded: !mayUse, mayUse, mayChange, isSignedIn }
}

function isSignedIn(request: FastifyRequest, access: Access): boolean {
  return sessionOf(request, access, Date.now()) !== null
}

/** Whether the browser uses TLS, to this server or to a proxy in front. */
function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https'
}

function refuse(reply: FastifyReply, status: 400 | 401 | 503, detail: string): FastifyReply {
  return reply.code(status).type(problemMediaType).send(plainProblem(status, detail))
}
