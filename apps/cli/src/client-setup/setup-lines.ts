import type { Paint } from '../terminal/paint.js'
import { stripControls } from '../terminal/text-width.js'
import { type GatewayFacts, type KnownClient, type Setup, tokenVariable } from './client-setup.js'
import type { EditedFile } from './files/edit-file.js'
import type { DiffLine } from './files/text-diff.js'
import { shellWord } from './shell-word.js'

/** What is shown of a set-up. */
export interface ShownSetup {
  readonly client: KnownClient
  readonly facts: GatewayFacts
  readonly setup: Setup
  readonly files: readonly EditedFile[]
  /** The copies of files that were written, by path. */
  readonly backups: ReadonlyMap<string, string>
  readonly isWritten: boolean
}

/** The set-up as lines for a person: the difference of each file, the variables, and what is left to do. */
export function setupLines(
  { client, facts, setup, files, backups, isWritten }: ShownSetup,
  paint: Paint,
): readonly string[] {
  const { models, url } = facts
  const heading = `${client.title} calls ${url}${client.endpoint} with ${models[0]}${
    models.length > 1 ? ` and ${models.length - 1} more` : ''
  }.`
  return [
    stripControls(heading),
    ...files.flatMap(file => [
      '',
      ...fileLines(file, { isWritten, backup: backups.get(file.path) ?? null }, paint),
    ]),
    ...(setup.variables.length === 0
      ? []
      : ['', 'In its environment:', ...setup.variables.map(variableLine)]),
    ...(setup.steps.length === 0 ? [] : ['', ...setup.steps.map(stripControls)]),
  ]
}

function fileLines(
  { path, isNew, diff }: EditedFile,
  { isWritten, backup }: { readonly isWritten: boolean; readonly backup: string | null },
  paint: Paint,
): readonly string[] {
  if (diff.length === 0) return [`${path}: set up already`]
  const state = isWritten ? 'written' : isNew ? 'would be made' : 'would change'
  const copy = backup === null ? '' : `; as it was: ${backup}`
  return [`${path}: ${state}${copy}`, ...diff.map(line => diffLine(line, paint))]
}

const marks = { same: ' ', added: '+', removed: '-' } as const
const looks = { same: 'dim', added: 'green', removed: 'red' } as const

function diffLine({ kind, text }: DiffLine, paint: Paint): string {
  return paint(looks[kind], `  ${marks[kind]} ${stripControls(text.replaceAll('\t', '  '))}`.trimEnd())
}

function variableLine({ name, value }: Setup['variables'][number]): string {
  if (value !== null) return `  export ${name}=${shellWord(stripControls(value))}`
  return name === tokenVariable
    ? `  export ${name}=…   (the gateway's token)`
    : `  export ${name}="$${tokenVariable}"`
}
