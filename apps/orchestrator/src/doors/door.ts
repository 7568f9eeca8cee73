import type { AskedOutput } from '../counting/reservation.js'

/** What one endpoint of the gateway knows of its requests and answers; all else is the same for every one. */
export interface Door {
  /** Behind a vendor's base URL. */
  readonly path: string
  /** The characters of a request's prompt, in code points. */
  promptCharacters(body: unknown): number
  /** The output that a request asks for. */
  askedOutput(body: unknown): AskedOutput
  /** The fields in which a vendor is sent the most output that was granted; none where there is no output. */
  capFields(body: unknown, vendor: string): readonly string[]
  /** The characters of an answer's text, in code points. */
  answerCharacters(body: unknown): number
  /** The same of one event of a streamed answer; null for a door whose answers are never streamed. */
  readonly deltaCharacters: ((event: unknown) => number) | null
}
