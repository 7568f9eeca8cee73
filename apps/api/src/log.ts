/** What of a logger the procedures need: details first, as pino takes them. */
export interface Log {
  warn(details: object, text: string): void
  error(details: object, text: string): void
}
