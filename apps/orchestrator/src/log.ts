/** What of a logger the parts need: details first, as pino takes them. No keys, headers or bodies in either. */
export interface Log {
  info(details: object, text: string): void
  warn(details: object, text: string): void
  error(details: object, text: string): void
}
