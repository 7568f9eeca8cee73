/** A body whose bytes are read as often as it takes, and not held. */
export interface StoredBody {
  readonly sizeBytes: number
  /** From its start. To leave it, return from it. */
  read(): AsyncIterable<Buffer>
}

/** A form with files, as it came: its fields are known, its files are not looked at. */
export interface FormBody extends StoredBody {
  /** The values of its fields, in their order, without those of files. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  /** The same form with another model, byte for byte otherwise; null where the form cannot be written so. */
  withModel(model: string): StoredBody | null
}
