import { QuotaError } from '@quotakeeper/quota-core'

/** Why a configured server cannot be used: one sentence, with what to do. Never a password. */
export interface Unreachable {
  /** `the database at 127.0.0.1:5432 cannot be reached: nothing listens there (ECONNREFUSED)`. */
  readonly found: string
  readonly remedy: string
  /** Whether it may only be slow to answer, as a server that starts, or on a busy machine. */
  readonly isLate: boolean
}

interface Reason {
  readonly what: string
  readonly remedy: string
  readonly isLate?: true
}

/** The parts of a URL that are no secrets. */
interface Target {
  /** `127.0.0.1:5432`, several by commas. */
  readonly hosts: string
  readonly user: string
  readonly database: string
  readonly password: string
}

const maxDepth = 5

/**
 * What has failed, by the innermost error of the system, of TLS or of the server: it names host, reason and setting.
 * Null for a URL of no server, and for errors that do not concern the connection.
 */
export function describeUnreachable(error: unknown, url: string): Unreachable | null {
  if (!/^postgres(?:ql)?:\/\//.test(url)) return null
  const chain = chainOf(error)
  const cause = chain.at(-1)
  if (cause === undefined) return null
  const target = targetOf(url)
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  // The innermost error of a time-out says only that the connection is closed, which the driver has done itself.
  const messages = chain.map(({ message }) => message).join('; ')
  const reason =
    ofNetwork(code, target) ?? ofServer(code, target) ?? ofMessage(messages, target) ?? ofConnection(chain)
  // A statement that fails for another reason has nothing to do with the address.
  if (reason === null) return null
  const reported = code === '' || reason.what.includes(code) ? '' : ` (${code})`
  const found = `the database at ${target.hosts} cannot be reached: ${reason.what}${reported}`
  return {
    found: withoutSecret(found, target.password),
    remedy: `${reason.remedy} in QUOTA_DATABASE_URL`,
    isLate: reason.isLate === true,
  }
}

function ofNetwork(code: string, { hosts }: Target): Reason | null {
  switch (code) {
    case 'ECONNREFUSED':
      return { what: 'nothing listens there', remedy: 'start PostgreSQL, or correct host and port' }
    case 'ENOENT':
      return {
        what: 'there is no such socket',
        remedy: 'start PostgreSQL, or correct the folder of its socket',
      }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { what: 'unknown host name', remedy: `set another host than ${hosts}` }
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        what: 'no route to it',
        remedy: 'check network and firewall, or correct host and port',
      }
    case 'ECONNRESET':
    case 'EPIPE':
      return {
        what: 'it closes the connection',
        remedy: 'check that it is PostgreSQL, and correct host and port',
      }
    default:
      return code.includes('CERT') ||
        code.startsWith('ERR_TLS') ||
        code.startsWith('ERR_SSL') ||
        code === 'EPROTO'
        ? { what: 'its certificate is not accepted', remedy: 'set sslmode and sslrootcert right' }
        : code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
          ? { what: 'its certificate is not accepted', remedy: 'set sslmode and sslrootcert right' }
          : null
  }
}

/** SQLSTATEs with which a server refuses a connection or its user. */
function ofServer(code: string, { user, database }: Target): Reason | null {
  switch (code) {
    case '28P01':
      return { what: `it rejects the password of "${user}"`, remedy: 'set user and password right' }
    case '28000':
      return {
        what: `it does not allow "${user}" to connect`,
        remedy: 'allow it in pg_hba.conf, or set another user, or sslmode=require,',
      }
    case '3D000':
      return {
        what: `it has no database "${database}"`,
        remedy: `create it (createdb ${database}), or set another`,
      }
    case '42501':
      return {
        what: `"${user}" may not create the tables`,
        remedy: `grant create on the schema to it, or set another user`,
      }
    case '53300':
      return {
        what: 'it has no connection left',
        remedy: 'raise max_connections there, or set another server',
      }
    case '57P03':
      return {
        what: 'it is starting or stopping',
        remedy: 'start again when it is up, or set another server',
      }
    case '25006':
      return { what: 'it is read-only', remedy: 'set the primary' }
    default:
      return null
  }
}

/** The driver's own errors have no code. */
function ofMessage(message: string, { user }: Target): Reason | null {
  if (/unsupported startup parameter/i.test(message))
    return {
      what: 'it is a pooler that does not support "options"',
      remedy: 'set on the role what they set, and leave them out',
    }
  if (/statement pooling/i.test(message))
    return {
      what: 'it is a pooler that does not support transactions',
      remedy: 'set its pool_mode to transaction or session, or set another server',
    }
  if (/does not support SSL/i.test(message))
    return { what: 'it does not speak TLS', remedy: 'leave sslmode out, or set sslmode=disable' }
  if (/\bSASL\b|client password must be/i.test(message))
    return { what: `it requires a password for "${user}"`, remedy: 'set one' }
  if (/time-?out|timed out/i.test(message))
    return {
      what: 'it does not answer in time',
      remedy: 'check network and firewall, or correct host and port',
      isLate: true,
    }
  if (/standby/i.test(message)) return { what: 'it is a standby', remedy: 'set the primary, or all hosts,' }
  if (/terminated|closed/i.test(message))
    return {
      what: 'it closes the connection',
      remedy: 'check that it is PostgreSQL, and correct host and port',
    }
  return null
}

/** Any other reason why no connection is made, in the driver's words; null for errors on a connection. */
function ofConnection(chain: readonly Error[]): Reason | null {
  const isConnection = chain.some(error => error instanceof QuotaError && error.code === 'STORE_UNAVAILABLE')
  const message = chain.at(-1)?.message.replaceAll(/\s+/g, ' ') ?? ''
  return isConnection && message !== '' ? { what: message, remedy: 'set it right' } : null
}

/** An error and its causes, the innermost last. */
function chainOf(error: unknown): readonly Error[] {
  const chain: Error[] = []
  for (let cause = error; cause instanceof Error && chain.length < maxDepth; cause = cause.cause)
    chain.push(cause)
  return chain
}

function targetOf(text: string): Target {
  const match = /^[a-z]+:\/\/(?:[^@/?]*@)?([^/?]*)/is.exec(text)
  const hosts = (match?.[1] ?? '').split(',')
  const [first = ''] = hosts
  const url = URL.canParse(text.replace(hosts.join(','), first))
    ? new URL(text.replace(hosts.join(','), first))
    : null
  const inQuery = url?.searchParams.get('host') ?? null
  const named = inQuery === null ? hosts.map(withPort) : [inQuery]
  const user = decoded(url?.username || url?.searchParams.get('user') || 'the user of this process')
  return {
    hosts: named.join(', '),
    user,
    database: decoded(url?.pathname.slice(1) || user),
    password: decoded(url?.password ?? ''),
  }
}

function withPort(host: string): string {
  return /:\d+$/.test(host) ? host : `${host || 'localhost'}:5432`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not encoded after all.
    return text
  }
}

function withoutSecret(text: string, secret: string): string {
  return secret === '' || !text.includes(secret) ? text : text.replaceAll(secret, '…')
}
