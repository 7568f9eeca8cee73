/** A query for rows: of everything, or of what the statement's parameters name. */
export interface RowSource {
  readonly all: string
  readonly some: string
}

/** One of whose rows there may be thousands: see {@link columnsOf}. */
export interface ColumnSource extends RowSource {
  /** The names of its columns. */
  readonly columns: readonly string[]
}
