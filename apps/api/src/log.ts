/** The part of a pino logger that the procedures need; details first. */
export interface Log {
  warn(details: object, text: string): void
  error(details: object, text: string): void
}
