/** A body whose bytes are read as often as it takes, and not held. */
export interface StoredBody {
  readonly sizeBytes: number
  /** From its start. To leave it, return from it. */
  read(): AsyncIterable<Buffer>
}

/** How long a sound lasts. */
export interface MeasuredAudio {
  /** Rounded up. */
  readonly seconds: number
  /** Whether its size suggests it, since the file does not say. */
  readonly isEstimated: boolean
}

/** A form with files, as it came: its fields are known, its files are passed on. */
export interface FormBody extends StoredBody {
  /** Of the files together, where the endpoint counts sound; null where it does not, or there is no file. */
  readonly audio: MeasuredAudio | null
  /** The values of its fields, in their order, without those of files. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  /** The same form with another model, byte for byte otherwise; null where the form cannot be written so. */
  withModel(model: string): StoredBody | null
}
