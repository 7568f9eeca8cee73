import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import type { FormBody, StoredBody } from '../../endpoints/form-body.js'
import { decodeStream, readDecoding } from '../../vendors/content-encoding.js'
import { AudioMeter } from './audio-meter.js'
import type { NotTaken } from './read-body.js'
import type { SpooledFile } from './spool.js'

/** Where a form comes from, and what it may take. */
export interface FormSource {
  readonly payload: Readable
  readonly headers: IncomingHttpHeaders
  /** In bytes, decoded. */
  readonly maxBytes: number
  readonly file: SpooledFile
  /** Whether its files are sounds to be measured. */
  readonly countsAudio: boolean
}

/** A form, or why it is not taken. */
export type ReadFormBody = { readonly kind: 'form'; readonly form: FormBody } | NotTaken

/** A field that is no file; the longest is a prompt. */
const maxFieldBytes = 65_536
const maxParts = 1_000
/** Enough for a field and what stands around it. */
const tailBytes = 2 * maxFieldBytes

interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Reads a form to its end, writing it down as it comes, and takes down its fields, wherever they stand. What is not taken is
 * left unread.
 *
 * @throws the stream's error when the client goes
 */
export async function readFormBody({
  payload,
  headers,
  maxBytes,
  file,
  countsAudio,
}: FormSource): Promise<ReadFormBody> {
  const decoding = readDecoding(headers['content-encoding'])
  if (decoding === null) return { kind: 'unknownEncoding' }
  if (Number(headers['content-length'] ?? 0) > maxBytes) return { kind: 'tooLarge' }
  const type = headers['content-type'] ?? ''
  const boundary = /boundary=(?:"([^"]{1,200})"|([^;\s]{1,200}))/i.exec(type)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) return { kind: 'noForm' }
  const reader = readerOf(type, mark, countsAudio ? new AudioMeter() : null)
  if (reader === null) return { kind: 'noForm' }
  const decoded = decodeStream(payload, decoding)
  // Who is still sending is to have sent it all, and then reads the answer.
  const leave = (kind: NotTaken['kind']): NotTaken => {
    decoded.resume()
    return { kind }
  }
  try {
    // A stream of bytes, without an encoding, gives buffers.
    const chunks: AsyncIterable<Buffer> = decoded.iterator({ destroyOnReturn: false })
    for await (const chunk of chunks) {
      if (file.sizeBytes + chunk.length > maxBytes) return leave('tooLarge')
      const isRoom = await file.append(chunk).catch(() => false)
      if (!isRoom) return leave('noDisk')
      await reader.take(chunk)
      if (reader.isBroken) return leave('noForm')
    }
  } catch (error) {
    if (payload.errored || payload.destroyed) throw error
    return { kind: 'undecodable' }
  }
  await reader.end()
  return reader.isBroken ? { kind: 'noForm' } : { kind: 'form', form: await reader.formIn(file) }
}

function readerOf(type: string, mark: string, meter: AudioMeter | null): FormReader | null {
  try {
    return new FormReader(type, mark, meter)
  } catch {
    // Its media type is none that can be read.
    return null
  }
}

/** Follows a form as it is written down. */
class FormReader {
  readonly #busboy: InstanceType<typeof Busboy>
  readonly #mark: string
  readonly #meter: AudioMeter | null
  readonly #fields = new Map<string, string[]>()
  #tail: Buffer = Buffer.alloc(0)
  #sizeBytes = 0
  #start: Buffer = Buffer.alloc(0)
  #model: Range | null = null
  #goOn: () => void = () => undefined
  isBroken = false

  constructor(type: string, mark: string, meter: AudioMeter | null) {
    this.#mark = mark
    this.#meter = meter
    this.#busboy = new Busboy({
      headers: { 'content-type': type },
      limits: { fieldSize: maxFieldBytes, fields: maxParts, parts: maxParts, headerPairs: 100 },
    })
    this.#busboy.on('file', (_, stream) => {
      stream.on('error', () => undefined)
      meter?.listen(stream)
      stream.resume()
    })
    this.#busboy.on('field', (name, value) => {
      this.#fields.set(name, [...(this.#fields.get(name) ?? []), value])
    })
    this.#busboy.on('error', () => this.#breakOff())
    this.#busboy.on('partsLimit', () => this.#breakOff()).on('fieldsLimit', () => this.#breakOff())
    this.#busboy.on('finish', () => this.#goOn())
  }

  async take(chunk: Buffer): Promise<void> {
    this.#sizeBytes += chunk.length
    if (this.#start.length < maxMarkBytes)
      this.#start = Buffer.concat([this.#start, chunk.subarray(0, maxMarkBytes)])
    if (this.#model === null) this.#tail = Buffer.concat([this.#tail.subarray(-tailBytes), chunk])
    await this.#settled(() => this.#busboy.write(chunk, () => this.#goOn()))
    this.#model ??= this.#find()
  }

  async end(): Promise<void> {
    await this.#settled(() => this.#busboy.end())
  }

  /** Waits for what was begun, or for the end of all. */
  #settled(begin: () => void): Promise<void> {
    if (this.isBroken) return Promise.resolve()
    return new Promise(resolve => {
      this.#goOn = resolve
      begin()
    })
  }

  #breakOff(): void {
    this.isBroken = true
    this.#goOn()
  }

  async formIn(file: SpooledFile): Promise<FormBody> {
    const whole = stored(file, null)
    return {
      ...whole,
      audio: (await this.#meter?.measure()) ?? null,
      fields: this.#fields,
      withModel: model => {
        const given = this.#fields.get('model') ?? []
        if (given.length > 1) return null
        if (given.length === 1)
          return this.#model === null ? null : stored(file, { ...this.#model, bytes: Buffer.from(model) })
        const first = `--${this.#mark}`
        if (!this.#start.toString('latin1').startsWith(first)) return null
        const part = `${first}\r\nContent-Disposition: form-data; name="model"\r\n\r\n${model}\r\n`
        return stored(file, { start: 0, end: 0, bytes: Buffer.from(part) })
      },
    }
  }

  /** Where the model stands: its value ends in a boundary, which nothing else of a form may hold. */
  #find(): Range | null {
    const value = this.#fields.get('model')?.[0]
    if (value === undefined) return null
    const bytes = Buffer.from(value)
    const field = Buffer.concat([Buffer.from('\r\n\r\n'), bytes, Buffer.from(`\r\n--${this.#mark}`)])
    const at = this.#tail.lastIndexOf(field)
    if (at === -1) return null
    const start = this.#sizeBytes - this.#tail.length + at + '\r\n\r\n'.length
    return { start, end: start + bytes.length }
  }
}

/** The longest boundary, and the dashes before it. */
const maxMarkBytes = 202

function stored(file: SpooledFile, edit: (Range & { readonly bytes: Buffer }) | null): StoredBody {
  const { sizeBytes } = file
  if (edit === null) return { sizeBytes, read: () => file.read(0, sizeBytes) }
  const { start, end, bytes } = edit
  return {
    sizeBytes: sizeBytes - (end - start) + bytes.length,
    read: async function* () {
      yield* file.read(0, start)
      yield bytes
      yield* file.read(end, sizeBytes)
    },
  }
}
