import type { EndpointName, VendorFacts, VendorUsage } from '@quotakeeper/vendors'
import type { MeasuredAudio, StoredBody } from './form-body.js'
import type { GatewayError } from './gateway-error.js'
import type { StreamDialect, StreamRewriter } from './stream-dialect.js'

/** One request as its endpoint has read it: what routing needs of it, and nothing of its format. */
export interface EndpointRequest extends AnswerForm {
  /** As the client names it. */
  readonly model: string
  /** The end user that its body names; '' or left out for none. */
  readonly endUser?: string
  /** The characters of its prompt, in code points. */
  readonly promptCharacters: number
  readonly output: RequestedOutput
  /** How many requests it counts as if its vendor reports no tokens, such as images by their number; 1 if left out. */
  readonly requestCount?: number
  /** The sound that it brings, if its endpoint counts it; null or left out if there is none. */
  readonly audio?: MeasuredAudio | null
  /**
   * Whether the answer is passed on byte by byte once it begins as sound: nothing of that is counted, neither tokens nor
   * seconds. JSON, events, pages and text are read whole by `readAnswer`. False if left out.
   */
  readonly isByteStream?: boolean
  /** Whether a provider has what this endpoint needs. Others are no candidates. */
  isServedBy(provider: ServingProvider): boolean
  /** Why this very request cannot be put to a provider that serves the endpoint; null where it can, as if left out. */
  refusalFor?(provider: ServingProvider): GatewayError | null
  /** What it refers to by an id, and only the provider that has made it holds; none if left out. */
  readonly needs?: readonly Reference[]
  /** What is in it by a mark, only its maker can read, and cannot be left out: no other is asked; none if left out. */
  readonly sealed?: readonly Reference[]
  /** Marks of what is in it and was made by one provider, which is preferred as long as it has room; none if left out. */
  readonly marks?: readonly string[]
  /** The request as one vendor gets it. */
  writeFor(target: VendorTarget): VendorRequest
  /**
   * Whether vendors count it apart from all else: it says nothing of a key's quota, and holds none. False if left out.
   */
  readonly isCountedApart?: boolean
  /** Whether vendors charge it by tokens of text alone; not where it is about sound or images. True if left out. */
  readonly isPricedByTokens?: boolean
  /** What is answered where no vendor does, since the gateway can tell itself; null to refuse it, as if left out. */
  answerInstead?(refusal: { readonly code: string }): OwnAnswer | null
}

/** An answer of the gateway's own, of JSON. */
export interface OwnAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** How what a vendor answers is read, and written as the client wants it. */
export interface AnswerForm {
  /** Null unless the client wants the answer as a stream. */
  readonly stream: RequestedStream | null
  /** Reads an answer with a status of success, and writes it as the client wants it. */
  readAnswer(answer: RawAnswer): ReadAnswer
  /** What a vendor reports to have used, in whatever it answered as JSON; undefined for what is none. */
  usageOf(body: unknown, vendor: string): VendorUsage
  /** A vendor's complaint about the request as the client reads it; as it came if left out. */
  writeComplaint?(complaint: Complaint): Complaint
}

/** A body of a vendor's with a status of failure. */
export interface Complaint {
  readonly httpStatus: number
  readonly body: Buffer
}

/** What a request refers to. */
export interface Reference {
  /** The field that does. */
  readonly field: string
  readonly id: string
}

/** Who may serve a request. */
export interface ServingProvider {
  /** By its name in the configuration. */
  readonly vendor: string
  /** The endpoints that it has, with their paths relative to its base URL. */
  readonly endpoints: ReadonlyMap<EndpointName, string>
  readonly facts: Pick<VendorFacts, 'acceptsStreamOptions' | 'fullestEndpoint' | 'takesNewerFields'>
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
  /** The media type that the client gets; that of events if left out. */
  readonly contentType?: string
  /** Begins to write the events of one vendor's stream anew for the client, who gets them as they came if left out. */
  rewrite?(): StreamRewriter
}

/** The vendor that a request is written for. */
export interface VendorTarget extends ServingProvider {
  /** As this vendor names it. */
  readonly model: string
  /** The most output tokens that one answer may have; null where the request's own maximum holds. */
  readonly maxOutputTokens: number | null
  /** Whether the vendor has refused a field that was added here. */
  isRejected(field: AddedField): boolean
  /** Who has made what has a mark, as far as this process knows. */
  makerOf(mark: string): Maker
}

/** Who has made something, as seen from one provider: itself or one of its pool, another of its vendor's, somebody else. */
export type Maker = 'own' | 'vendor' | 'other' | 'unknown'

/** A field that the gateway adds to requests by itself, which a vendor may refuse. */
export interface AddedField {
  readonly name: string
  /** Whether one model may refuse it, and another of the same vendor take it. */
  readonly dependsOnModel: boolean
  /** Whether a complaint is about it; one that names it is, if left out. */
  isMeantBy?(httpStatus: number, body: unknown): boolean
  /** Whether it is left out of later requests, too. True if left out. */
  readonly isLasting?: boolean
}

/** A request for one vendor. */
export interface VendorRequest {
  /** Where it goes, for endpoints that want the key in a header of their own; left out by all others. */
  readonly endpoint?: EndpointName
  /** Relative to the provider's base URL, and with a query of its own where it has one: `chat/completions`. */
  readonly path: string
  /** In addition to the credential and the gateway's own; lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Stored ones are read anew for each attempt. */
  readonly body: string | Buffer | StoredBody
  /** What is left out, once each, where the vendor refuses it. */
  readonly added: readonly AddedField[]
  /** How its answer is read where the vendor answers in another format than the client's; the request's own if left out. */
  readonly answer?: AnswerForm
  /** What of the client's request it lacks, by names that headers can carry; nothing if left out. */
  readonly leftOut?: readonly string[]
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
  /** Ids and marks of what only its provider can be asked for or can read; none if left out. */
  marks?(): readonly string[]
  /** Whether its vendor is still making it, in the background. False if left out. */
  isPending?(): boolean
}
