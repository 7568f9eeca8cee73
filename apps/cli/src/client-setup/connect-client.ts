import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { gatewayUrl } from '../api/ask-keys.js'
import { exitCodes, Failure, usageFailure } from '../failure.js'
import type { Session } from '../session.js'
import { tableLines } from '../terminal/table.js'
import { askGateway } from './ask-gateway.js'
import { chooseModels } from './choose-models.js'
import type { GatewayFacts, KnownClient, Setup } from './client-setup.js'
import { type EditedFile, editFile } from './files/edit-file.js'
import { writeSettingsFile } from './files/settings-file.js'
import { knownClients } from './known-clients.js'
import { setupLines } from './setup-lines.js'

/** Options of the command. */
export interface ConnectOptions {
  readonly model?: readonly string[]
  readonly write?: boolean
  readonly gatewayUrl?: string
}

const names = knownClients.map(({ name }) => name)

/**
 * Shows or writes what a client needs; lists the clients where none is named.
 * @throws Failure with the remedy where the gateway does not answer, or a file cannot be changed
 */
export async function connectClient(
  session: Session,
  name: string | undefined,
  options: ConnectOptions,
): Promise<void> {
  if (name === undefined) return listClients(session)
  const client = knownClients.find(known => known.name === name)
  if (client === undefined) throw usageFailure(`unknown client "${name}": one of ${names.join(', ')}`)
  const { terminal, environment, wantsJson } = session
  const facts = await gatewayFacts(session, client, options)
  const setup = client.setUp(facts, {
    home: environment['HOME'] || homedir(),
    platform: process.platform,
    environment,
    exists: existsSync,
  })
  if (options.write === true && setup.files.length === 0)
    throw usageFailure(
      `${client.title} has no file that could be written: run "quotakeeper connect ${client.name}" and follow it`,
    )
  const files = await Promise.all(setup.files.map(editFile))
  const backups = options.write === true ? await write(files) : new Map<string, string>()
  const { url, models, needsToken } = facts
  if (wantsJson)
    terminal.json({
      client: client.name,
      gatewayUrl: url,
      models,
      needsToken,
      files: files.map(({ path, isNew, diff }) => ({ path, isNew, diff, backup: backups.get(path) ?? null })),
      variables: setup.variables,
      steps: setup.steps,
      isWritten: options.write === true,
    })
  else {
    terminal.print(
      setupLines({ client, facts, setup, files, backups, isWritten: options.write === true }, terminal.paint),
    )
    noteDryRun(session, { setup, files, options })
  }
}

function noteDryRun(
  { terminal }: Session,
  {
    setup,
    files,
    options,
  }: { readonly setup: Setup; readonly files: readonly EditedFile[]; readonly options: ConnectOptions },
): void {
  const wouldChange = files.some(({ diff }) => diff.length > 0)
  if (options.write !== true && setup.files.length > 0 && wouldChange)
    terminal.note('Nothing was written: add --write.')
}

/** One after the other, so that a file that cannot be written leaves the rest as it is. */
async function write(files: readonly EditedFile[]): Promise<ReadonlyMap<string, string>> {
  const backups = new Map<string, string>()
  for (const { path, text, diff } of files) {
    if (diff.length === 0) continue
    const backup = await writeSettingsFile(path, text, new Date())
    if (backup !== null) backups.set(path, backup)
  }
  return backups
}

async function gatewayFacts(
  session: Session,
  client: KnownClient,
  options: ConnectOptions,
): Promise<GatewayFacts> {
  const url = gatewayUrl(session, options).replace(/\/v1$/, '')
  const { username, password } = new URL(url)
  if (username !== '' || password !== '')
    throw usageFailure('--gateway-url must not hold a password: set QUOTA_GATEWAY_TOKEN instead')
  const { served, needsToken } = await askGateway(session, url)
  const { prefers } = client
  const chosen = chooseModels(served, {
    wanted: [...new Set(options.model ?? [])],
    ...(prefers === undefined ? {} : { prefers }),
  })
  const [first, ...others] = chosen.models
  if (first === undefined)
    throw new Failure(
      `the gateway at ${url} serves no model that chats: "quotakeeper doctor" says which keys are missing, --model names one`,
      exitCodes.failed,
    )
  for (const name of chosen.unlisted)
    session.terminal.note(
      `The gateway does not list ${name}; "quotakeeper connect" leaves it as you wrote it.`,
    )
  if (chosen.leftOut > 0)
    session.terminal.note(`${chosen.leftOut} more models are served: --model names those to offer.`)
  return { url, needsToken, served, models: [first, ...others] }
}

function listClients({ terminal, wantsJson }: Session): void {
  if (wantsJson) {
    terminal.json(knownClients.map(({ name, title, endpoint }) => ({ name, title, endpoint })))
    return
  }
  terminal.print(
    tableLines({
      columns: [{ header: 'CLIENT' }, { header: 'NAME', mayShrink: true }, { header: 'CALLS', dropFirst: 1 }],
      rows: knownClients.map(({ name, title, endpoint }) => [name, title, endpoint]),
      width: terminal.width(),
      paint: terminal.paint,
    }),
  )
}
