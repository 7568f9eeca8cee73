/** What happens to an embedded database, in words for a log. */
export interface DatabaseNotice {
  readonly level: 'info' | 'warn' | 'error'
  readonly text: string
}

export type OnNotice = (notice: DatabaseNotice) => void
