import type { KeptToken } from '@quotakeeper/db'
import { allowsScope } from '@quotakeeper/quota-core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Caller, Services } from '../../router/context.js'
import { sha256Of } from '../../tokens/new-secret.js'
import type { Access } from '../access/access.js'
import { callerOf, roleOfToken, rootCaller, tokenCaller } from '../access/caller.js'
import type { Session } from '../access/ended-sessions.js'
import { mayAttempt, refuseGuess } from '../access/identify-callers.js'
import { endedSessionCookie, endSession, sessionCookie, sessionOf } from '../access/session.js'
import { plainProblem, problemMediaType } from '../rest/problem.js'
import { sendProblemOf } from '../send-problem.js'

/** The rights of the dashboard's user. */
export interface SessionState {
  /** Whether a token is needed to see anything. */
  readonly signInNeeded: boolean
  readonly mayUse: boolean
  readonly mayChange: boolean
  readonly isSignedIn: boolean
  /** The consumer whose figures, with those below it, alone are shown; null for all. */
  readonly consumer: string | null
  /** Whether it may change the consumers below its own, and make tokens. */
  readonly mayManage: boolean
}

/** Largest body: a token, which unauthenticated callers may send. */
const bodyLimitBytes = 4_096

const signInSchema = z.strictObject({ token: z.string().min(1).max(1_000) })

/**
 * Serves `/session`: returns the user's rights, exchanges a token for a cookie, and signs out, which ends the session
 * on the server, so that a copied cookie is invalid afterwards.
 */
export function serveSession(
  app: FastifyInstance,
  access: Access,
  pathPrefix: string,
  services: Pick<Services, 'sessions' | 'tokens' | 'configFile'>,
): void {
  const { sessions, tokens } = services
  app.get('/session', async request => stateOf(callerOf(request), isSignedIn(request, access)))

  app.post('/session', { bodyLimit: bodyLimitBytes }, async (request, reply) => {
    const parsed = signInSchema.safeParse(request.body)
    if (!parsed.success) return refuse(reply, 400, 'token: send { "token": "…" }')
    const secret = parsed.data.token
    const role = roleOfToken(secret, access)
    let token: KeptToken | null
    try {
      token = role === null ? (await tokens.find(sha256Of(secret))).token : null
    } catch (error) {
      return sendProblemOf(reply, error, services.configFile)
    }
    const isRight = role !== null || token !== null
    if (!(await mayAttempt({ request, access, isRight }))) return refuseGuess(reply)
    const who = role ?? token
    if (who === null) return refuse(reply, 401, 'that token is not valid here')
    if (token !== null && !allowsScope(token.scopes, 'read'))
      return refuse(reply, 403, 'that token may call models, but not read: it needs the scope "read"')
    const { ip } = request
    const cookie = sessionCookie(who, access, { nowMs: Date.now(), pathPrefix, isSecure: isSecure(request) })
    reply.header('set-cookie', cookie)
    return stateOf(token === null ? rootCaller(role, access, ip) : tokenCaller(token, ip), true)
  })

  app.delete('/session', async (request, reply) => {
    const ended = endSession(request.headers.cookie, access, Date.now())
    if (ended !== null && !(await isKept(sessions, ended, request.log))) {
      const detail =
        'the database does not answer, so the session has ended on this server only: sign out again later'
      return refuse(reply, 503, detail)
    }
    reply.header('set-cookie', endedSessionCookie({ pathPrefix, isSecure: isSecure(request) }))
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

function stateOf({ mayUse, mayChange, token }: Caller, isSignedIn: boolean): SessionState {
  const consumer = token?.consumer ?? null
  const mayManage = mayChange || token?.scopes.includes('admin') === true
  return { signInNeeded: !mayUse, mayUse, mayChange, isSignedIn, consumer, mayManage }
}

/** Not once the stored token of the session has ended. */
function isSignedIn(request: FastifyRequest, access: Access): boolean {
  const who = sessionOf(request, access, Date.now())
  return typeof who === 'string' || (who !== null && callerOf(request).token !== null)
}

/** Whether the browser uses TLS, to this server or to a proxy in front. */
function isSecure(request: FastifyRequest): boolean {
  return request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https'
}

function refuse(reply: FastifyReply, status: 400 | 401 | 403 | 503, detail: string): FastifyReply {
  return reply.code(status).type(problemMediaType).send(plainProblem(status, detail))
}
