import type { AskedOutput } from '../settlement/reservation.js'
import type { StreamDialect } from './stream-dialect.js'

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
  /** Whether a whole, parsed body is an answer of this endpoint: a client's SDK can work with it. */
  isAnswer(body: unknown): boolean
  /** The characters of an answer's text, in code points. */
  answerCharacters(body: unknown): number
  /** How its answers are streamed; null for an endpoint whose answers never are. */
  readonly stream: StreamDialect | null
}
