/** A dialect-independent error. */
export interface WireError {
  /** Its HTTP status, or the one it means; 500 if unknown. */
  readonly httpStatus: number
  readonly message: string
  /** The vendor's name for it; null without one. */
  readonly code: string | null
  /** The field of the request at fault; null without one. */
  readonly param: string | null
  /** When quota returns, epoch seconds, if known and far enough ahead; null otherwise. */
  readonly resetsAtSeconds: number | null
}

/** The error of a truncated stream. */
export const cutError: WireError = {
  httpStatus: 502,
  message: 'The vendor ended the stream before the answer was complete. Send the request again.',
  code: 'stream_cut',
  param: null,
  resetsAtSeconds: null,
}

/** The error of an answer beyond the size limit. */
export const tooLargeError: WireError = {
  httpStatus: 502,
  message: 'The answer is larger than the gateway translates. Ask for a shorter one.',
  code: 'answer_too_large',
  param: null,
  resetsAtSeconds: null,
}
