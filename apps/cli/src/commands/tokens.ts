import type { Command } from 'commander'
import type { Inputs, Outputs } from '../api/connect.js'
import { everyRow } from '../api/every-page.js'
import { usageFailure } from '../failure.js'
import { action, type Runner } from '../run-command.js'
import type { Session } from '../session.js'
import type { Look } from '../terminal/paint.js'
import { tableLines } from '../terminal/table.js'
import { stripControls } from '../terminal/text-width.js'

type Token = Outputs['tokens']['list']['rows'][number]
type Scope = Inputs['tokens']['create']['scopes'][number]

const scopes: readonly Scope[] = ['call', 'read', 'record', 'admin']

interface CreateOptions {
  readonly consumer?: string
  readonly scopes: string
  readonly expires?: string
  readonly sha256?: string
}

/** `quotakeeper tokens …`: tokens of callers. */
export function addTokens(program: Command, runner: Runner): void {
  const tokens = program
    .command('tokens')
    .description('tokens of callers, and what they allow')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper tokens create acme-ci --consumer acme\n  quotakeeper tokens list\n  quotakeeper tokens revoke acme-ci',
    )
  tokens
    .command('create')
    .description('make a token, and print its secret this once')
    .argument('<name>', 'its name, in lists and for revoking it')
    .option(
      '--consumer <name>',
      'the consumer to which it is bound (default: none, everything within its scopes)',
    )
    .option('--scopes <list>', 'any of call, read, record, admin, separated by commas', 'call')
    .option('--expires <instant>', 'when it ends, in ISO-8601 (default: never)')
    .option('--sha256 <hash>', 'SHA-256 of an existing secret, which stays valid here')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper tokens create acme-ci --consumer acme\n  quotakeeper tokens create prometheus --scopes read --expires 2027-01-01T00:00:00Z\n  quotakeeper tokens create moved --sha256 "$(printf %s "$OLD_KEY" | sha256sum | cut -d" " -f1)"',
    )
    .action(action<[string, CreateOptions]>(runner, create))
  tokens
    .command('list')
    .description('list tokens, including ended ones; never their secrets')
    .option('--consumer <name>', 'only tokens of this consumer')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper tokens list\n  quotakeeper tokens list --json | jq -r \'.[] | select(.state == "valid").name\'',
    )
    .action(action<[{ readonly consumer?: string }]>(runner, list))
  tokens
    .command('revoke')
    .description('end a token; it is refused everywhere within a second')
    .argument('<name>')
    .option('--at <instant>', 'when, in ISO-8601 (default: now); until then a new one may have its name')
    .addHelpText(
      'after',
      '\nExamples:\n  quotakeeper tokens revoke acme-ci\n  quotakeeper tokens revoke acme-ci --at 2026-12-01T00:00:00Z',
    )
    .action(action<[string, { readonly at?: string }]>(runner, revoke))
}

async function create(session: Session, name: string, options: CreateOptions): Promise<void> {
  const { client, terminal, wantsJson } = session
  const { consumer, expires, sha256 } = options
  const token = await client.tokens.create.mutate({
    name,
    scopes: scopesIn(options.scopes),
    ...(consumer === undefined ? {} : { consumer }),
    ...(expires === undefined ? {} : { expiresAt: expires }),
    ...(sha256 === undefined ? {} : { sha256 }),
  })
  if (wantsJson) return terminal.json(token)
  if (token.secret === null)
    return terminal.print(stripControls(`${name} is declared: the secret with this hash is valid now.`))
  terminal.print([token.secret, '', 'Keep it now: it is not shown again, and only its SHA-256 is stored.'])
}

/** @throws Failure for a word that is no scope */
function scopesIn(text: string): Scope[] {
  return text.split(',').map(word => {
    const scope = scopes.find(known => known === word.trim())
    if (scope !== undefined) return scope
    throw usageFailure(`--scopes: "${stripControls(word)}" is none of ${scopes.join(', ')}`)
  })
}

async function list(session: Session, { consumer }: { readonly consumer?: string }): Promise<void> {
  const { client, terminal, wantsJson, clock } = session
  const rows = await everyRow(page =>
    client.tokens.list.query(consumer === undefined ? page : { ...page, consumer }),
  )
  if (wantsJson) return terminal.json(rows)
  if (rows.length === 0) return terminal.print('There are no tokens.')
  const time = clock()
  terminal.print([
    ...tableLines({
      columns: [
        { header: 'NAME', mayShrink: true },
        { header: 'CONSUMER', mayShrink: true },
        { header: 'SCOPES', mayShrink: true },
        { header: 'STATE' },
        { header: 'ENDS', mayShrink: true, dropFirst: 1 },
        { header: 'LAST USED', mayShrink: true, dropFirst: 2 },
        { header: 'FINGERPRINT', dropFirst: 3 },
        { header: 'MANAGED BY', dropFirst: 4 },
      ],
      rows: rows.map(token => [
        token.name,
        token.consumer ?? '–',
        token.scopes.join(', '),
        { text: token.state, look: looks[token.state] },
        time.short(endOf(token)),
        time.short(token.lastUsedAt),
        token.fingerprint,
        token.managedBy,
      ]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
    '',
    `Times in ${time.zone}.`,
  ])
}

const looks: Readonly<Record<Token['state'], Look>> = { valid: 'green', expired: 'yellow', revoked: 'red' }

/** The earlier of expiry and revocation; null if it does not end. ISO-8601 in UTC sorts by time. */
function endOf({ expiresAt, revokedAt }: Pick<Token, 'expiresAt' | 'revokedAt'>): string | null {
  if (expiresAt === null || revokedAt === null) return expiresAt ?? revokedAt
  return expiresAt < revokedAt ? expiresAt : revokedAt
}

async function revoke(session: Session, name: string, { at }: { readonly at?: string }): Promise<void> {
  const { client, terminal, wantsJson, clock } = session
  const token = await client.tokens.revoke.mutate(at === undefined ? { name } : { name, at })
  if (wantsJson) return terminal.json(token)
  const time = clock()
  terminal.print(stripControls(`${name} ends ${time.long(endOf(token))} (${time.zone}).`))
}
