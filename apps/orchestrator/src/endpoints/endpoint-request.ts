import type { EndpointName, VendorFacts, VendorUsage } from '@quotakeeper/vendors'
import type { MeasuredAudio, StoredBody } from './form-body.js'
import type { StreamDialect } from './stream-dialect.js'

/** One request as its endpoint has read it: what routing needs of it, and nothing of its format. */
export interface EndpointRequest {
  /** As the client names it. */
  readonly model: string
  /** The characters of its prompt, in code points. */
  readonly promptCharacters: number
  readonly output: RequestedOutput
  /** How many requests it counts as where its vendor reports no usage, such as images by their number; 1 if left out. */
  readonly requestCount?: number
  /** The sound that it brings, where its endpoint counts it; null or left out where there is none. */
  readonly audio?: MeasuredAudio | null
  /** Null unless the client wants the answer as a stream. */
  readonly stream: RequestedStream | null
  /** Whether the answer is passed on as it comes, byte by byte: a sound, and nothing that is read. False if left out. */
  readonly isByteStream?: boolean
  /** Whether a provider has what this endpoint needs. Others are no candidates. */
  isServedBy(provider: ServingProvider): boolean
  /** The request as one vendor gets it. */
  writeFor(target: VendorTarget): VendorRequest
  /** Reads an answer with a status of success, and writes it as the client wants it. */
  readAnswer(answer: RawAnswer): ReadAnswer
  /** What a vendor reports to have used, in whatever it answered as JSON; undefined for what is none. */
  usageOf(body: unknown, vendor: string): VendorUsage
}

/** Who may serve a request. */
export interface ServingProvider {
  /** By its name in the configuration. */
  readonly vendor: string
  /** The endpoints that it has, with their paths relative to its base URL. */
  readonly endpoints: ReadonlyMap<EndpointName, string>
}

/** What a request may be answered with, at most. */
export interface RequestedOutput {
  /** The most output tokens of one answer; 0 where answers have none, null where the request sets no maximum. */
  readonly maxTokens: number | null
  /** How many answers it asks for, 1 as a rule. */
  readonly answerCount: number
}

/** A stream that a client wants. */
export interface RequestedStream {
  readonly dialect: StreamDialect
  /** Whether the client wants usage reported: else the event that holds nothing more is kept from it. */
  readonly wantsUsage: boolean
}

/** The vendor that a request is written for. */
export interface VendorTarget extends ServingProvider {
  readonly facts: Pick<VendorFacts, 'acceptsStreamOptions'>
  /** As this vendor names it. */
  readonly model: string
  /** The most output tokens that one answer may have; null where the request's own maximum holds. */
  readonly maxOutputTokens: number | null
  /** Whether the vendor has refused a field that was added here. */
  isRejected(field: AddedField): boolean
}

/** A field that the gateway adds to requests by itself, which a vendor may refuse. */
export interface AddedField {
  readonly name: string
  /** Whether one model may refuse it, and another of the same vendor take it. */
  readonly dependsOnModel: boolean
}

/** A request for one vendor. */
export interface VendorRequest {
  /** Relative to the provider's base URL, and with a query of its own where it has one: `chat/completions`. */
  readonly path: string
  /** In addition to the credential and the gateway's own; lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Stored ones are read anew for each attempt. */
  readonly body: string | Buffer | StoredBody
  /** What is left out, once each, where the vendor refuses it. */
  readonly added: readonly AddedField[]
}

/** A vendor's whole answer as it came, its encoding undone. */
export interface RawAnswer {
  readonly vendor: string
  readonly body: Buffer
  readonly contentType: string | undefined
}

/** What an answer with a status of success is. */
export type ReadAnswer = MeasuredAnswer &
  (
    | { readonly kind: 'answer'; readonly contentType: string; readonly body: Buffer }
    /** An error that came with the wrong status. */
    | { readonly kind: 'error'; readonly error: unknown }
    /** Neither: `what` says for people what it is. */
    | { readonly kind: 'none'; readonly what: string }
  )

/** What is counted of an answer. Worked out when it is asked for, after the answer has left. */
export interface MeasuredAnswer {
  usage(): VendorUsage
  /** Characters of the answer's text, in code points. */
  characters(): number
}
