/** A request to one endpoint, and the answer that its vendors are known to give. */
export interface RecordedExchange {
  /** Behind `/v1/`. */
  readonly endpoint: string
  readonly form: string
  /** The request's body; a form where it holds files. */
  request(model: string): Readonly<Record<string, unknown>> | FormData
  /** The one that vendors are asked at, where they have no other than that; the same unless given. */
  readonly vendorEndpoint?: string
  /** Where clients and vendors have it, if the path names the model; behind `/v1/` unless given. */
  readonly paths?: (model: string) => { readonly client: string; readonly vendor: string }
  /** In which header vendors get the key; `authorization` unless given. */
  readonly keyHeader?: string
  /** By what a client's error tells that its vendor has failed; `vendor_failed` in `code` unless given. */
  readonly failure?: Readonly<Record<string, unknown>>
  readonly contentType: string
  readonly answer: string | Buffer
  /** What the client reads; the answer itself unless given. */
  readonly read?: string
  /** What counts of a client's answer that is never twice the same; all of it unless given. */
  essenceOf?(body: string): string
  /** What the ledger has of it. */
  readonly charge: Readonly<Record<string, unknown>>
}
