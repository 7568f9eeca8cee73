import type pg from 'pg'
import { arrayLiteral } from './array-literal.js'
import type { Row, Statement } from './database.js'

/** How a column of a result is read. */
interface Field {
  readonly name: string
  readonly parse: (value: string) => unknown
}

/** A column of a result, as the driver describes it. */
interface FieldDescription {
  readonly name: string
  readonly dataTypeID: number
}

/** The statements that a connection has prepared, by name, with the columns of their results. */
type Prepared = Map<string, readonly Field[]>

const preparedOn = new WeakMap<pg.Connection, Prepared>()

/** How values of a type come out of it. */
export type TypeParser = (oid: number) => (value: string) => unknown

/** A statement of a pipeline. */
export interface PipelinedStatement extends Statement {
  /** Whether columns are keyed by position, from 0, instead of by name. */
  readonly byPosition?: boolean
}

/** Called with the rows of each statement, or with the first error. */
export type PipelineCallback = (error: Error | null, rows: readonly (readonly Row[])[]) => void

/**
 * Some statements that go to the server in one message, and whose results come back in one: a `Submittable`
 * of pg's. As queries of the driver, each of the five statements of a batch was a write, an answer to wait
 * for and 0.1 ms of this process's time; results were described again each time.
 *
 * The server stops at the first statement that fails and skips the rest, COMMIT included. A connection on
 * which one has failed must be closed: it is unknown which statements it has prepared.
 */
export class StatementPipeline implements pg.Submittable {
  /** Called by the driver, which replaces it by its own where there is a time-out. */
  callback: PipelineCallback
  readonly #statements: readonly PipelinedStatement[]
  readonly #typeParser: TypeParser
  readonly #rows: Row[][]
  readonly #fields: (readonly Field[] | undefined)[]
  /** Of the statement that the server executes. */
  #index = 0
  #prepared: Prepared = new Map()

  constructor(statements: readonly PipelinedStatement[], typeParser: TypeParser, callback: PipelineCallback) {
    this.#statements = statements
    this.#typeParser = typeParser
    this.callback = callback
    this.#rows = statements.map(() => [])
    this.#fields = statements.map(() => undefined)
  }

  submit(connection: pg.Connection): void {
    this.#prepared = preparedStatements(connection)
    const parsed = new Set(this.#prepared.keys())
    connection.stream.cork()
    try {
      for (const [index, statement] of this.#statements.entries())
        this.#send(connection, statement, index, parsed)
      connection.sync()
    } finally {
      connection.stream.uncork()
    }
  }

  #send(
    connection: pg.Connection,
    { name, text, values }: Statement,
    index: number,
    parsed: Set<string>,
  ): void {
    const fields = this.#prepared.get(name)
    this.#fields[index] = fields
    if (!parsed.has(name)) connection.parse({ name, text, types: [] }, true)
    if (name !== '') parsed.add(name)
    connection.bind({ statement: name, values: values.map(asText) }, true)
    if (fields === undefined) connection.describe({ type: 'P' }, true)
    connection.execute({}, true)
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDescription[] }): void {
    this.#fields[this.#index] = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: this.#typeParser(dataTypeID),
    }))
  }

  handleDataRow({ fields: values }: { readonly fields: readonly (string | null)[] }): void {
    const row: Record<string, unknown> = {}
    const statement = this.#statements[this.#index]
    const byPosition = statement?.byPosition === true
    for (const [index, { name, parse }] of (this.#fields[this.#index] ?? []).entries()) {
      const value = values[index] ?? null
      row[byPosition ? index : name] = value === null ? null : parse(value)
    }
    if (statement?.onRow === undefined) this.#rows[this.#index]?.push(row)
    else statement.onRow(row)
  }

  handleCommandComplete(): void {
    const name = this.#statements[this.#index]?.name ?? ''
    if (name !== '') this.#prepared.set(name, this.#fields[this.#index] ?? [])
    this.#index++
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete()
  }

  handleError(error: Error): void {
    this.callback(error, [])
  }

  handleReadyForQuery(): void {
    this.callback(null, this.#rows)
  }
}

function preparedStatements(connection: pg.Connection): Prepared {
  const known = preparedOn.get(connection)
  if (known !== undefined) return known
  const prepared: Prepared = new Map()
  preparedOn.set(connection, prepared)
  return prepared
}

/** A value as PostgreSQL reads it. */
function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return Array.isArray(value) ? arrayLiteral('text', value) : String(value)
}
