/** The part of a pino logger that is needed; details first. Never log keys, headers or bodies. */
export interface Log {
  info(details: object, text: string): void
  warn(details: object, text: string): void
  error(details: object, text: string): void
}
