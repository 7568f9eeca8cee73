/** An error in terms that no dialect owns. */
export interface WireError {
  /** The status that it came with or stands for; 500 where nothing says. */
  readonly httpStatus: number
  readonly message: string
  /** The vendor's name for it; null without one. */
  readonly code: string | null
  /** The field of the request at fault; null without one. */
  readonly param: string | null
  /** Epoch seconds when quota returns, where that is known and far enough; null otherwise. */
  readonly resetsAtSeconds: number | null
}

/** The error of a stream that ended before its answer did. */
export const cutError: WireError = {
  httpStatus: 502,
  message: 'The vendor ended the stream before the answer was complete. Send the request again.',
  code: 'stream_cut',
  param: null,
  resetsAtSeconds: null,
}

/** The error of an answer that is larger than is kept of one. */
export const tooLargeError: WireError = {
  httpStatus: 502,
  message: 'The answer is larger than the gateway translates. Ask for a shorter one.',
  code: 'answer_too_large',
  param: null,
  resetsAtSeconds: null,
}
