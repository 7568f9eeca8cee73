import type { Readable } from 'node:stream'
import { type IFormat, parseBuffer } from 'music-metadata'
import type { MeasuredAudio } from '../../endpoints/form-body.js'

/** What a file is read of, at most: the headers of all formats that say how long they last fit. */
const maxHeadBytes = 262_144
/** Files of one form that are measured; vendors take one. */
const maxFiles = 4
/** Speech of the lowest quality that is common, 32 kbit/s: of any other, the size suggests too many seconds. */
const leastBytesPerSecond = 4_000
/** Formats that state a length at their start, whatever follows. */
const statesLength = /^(?:WAVE|FLAC|AIFF|M4A|MP4|EBML|isom|qt)/i

interface HeardFile {
  readonly fileName: string
  readonly mimeType: string
  head: readonly Buffer[]
  headBytes: number
  sizeBytes: number
}

/** Measures the sounds of a form as they pass: how long they last by their headers, else by their size. */
export class AudioMeter {
  readonly #files: HeardFile[] = []

  /** Follows a file. Whoever calls it lets the file flow. */
  listen(stream: Readable, named: Pick<HeardFile, 'fileName' | 'mimeType'>): void {
    if (this.#files.length >= maxFiles) return
    const file: HeardFile = { ...named, head: [], headBytes: 0, sizeBytes: 0 }
    this.#files.push(file)
    stream.on('data', (chunk: Buffer) => {
      file.sizeBytes += chunk.length
      if (file.headBytes >= maxHeadBytes) return
      const part = chunk.subarray(0, maxHeadBytes - file.headBytes)
      file.head = [...file.head, part]
      file.headBytes += part.length
    })
  }

  /** All files together; null without any. Never rejects. */
  async measure(): Promise<MeasuredAudio | null> {
    if (this.#files.length === 0) return null
    const measured = await Promise.all(this.#files.map(measureFile))
    return {
      seconds: measured.reduce((sum, { seconds }) => sum + seconds, 0),
      isEstimated: measured.some(({ isEstimated }) => isEstimated),
    }
  }
}

async function measureFile({ fileName, mimeType, head, sizeBytes }: HeardFile): Promise<MeasuredAudio> {
  const bySize = { seconds: Math.ceil(sizeBytes / leastBytesPerSecond), isEstimated: true }
  try {
    const bytes = Buffer.concat(head)
    const fileInfo = { path: fileName, mimeType, size: sizeBytes }
    const { format } = await parseBuffer(bytes, fileInfo, { skipCovers: true, skipPostHeaders: true })
    const seconds = Math.ceil(format.duration ?? 0)
    if (!Number.isSafeInteger(seconds) || seconds <= 0) return bySize
    const isWhole = bytes.length === sizeBytes || isStated(format)
    // Of a format that is only read to its end, what was read stands for the rest.
    return isWhole
      ? { seconds, isEstimated: false }
      : { seconds: Math.max(seconds, Math.ceil((seconds * sizeBytes) / bytes.length)), isEstimated: true }
  } catch {
    return bySize
  }
}

function isStated({ container = '', codecProfile = '', numberOfSamples }: IFormat): boolean {
  if (/^MPEG/i.test(container)) return codecProfile !== '' && numberOfSamples !== undefined
  return statesLength.test(container)
}
