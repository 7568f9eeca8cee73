/** An event of an embedded database, as a text for a log. */
export interface DatabaseNotice {
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}

export type OnNotice = (notice: DatabaseNotice) => void
