/** A query for rows: of everything, or of what the statement's parameters name. */
export interface RowSource {
  readonly all: string
  readonly some: string
}
