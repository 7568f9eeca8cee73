import type { Readable } from 'node:stream'
import { type IFormat, parseBuffer } from 'music-metadata'
import type { MeasuredAudio } from '../../endpoints/form-body.js'

/** How much of a file is read: the headers of formats that state a length are shorter. */
const maxHeadBytes = 262_144
/** Files of one form that are measured; vendors take one. */
const maxFiles = 4
/** Speech of the lowest quality that is common, 32 kbit/s: of any other, the size suggests too many seconds. */
const leastBytesPerSecond = 4_000
/** Formats whose start has the length of all. */
const statesLength = /^(?:FLAC|M4A|MP4|EBML|isom|qt)/i
/** Formats whose size is their length, at one bit rate. */
const hasOneRate = /^(?:WAVE|AIFF)/i

interface HeardFile {
  head: readonly Buffer[]
  headBytes: number
  sizeBytes: number
}

/** Measures the sounds of a form as they pass: how long they last by their headers, else by their size. */
export class AudioMeter {
  readonly #files: HeardFile[] = []

  /** Follows a file. The caller lets the file flow. */
  listen(stream: Readable): void {
    if (this.#files.length >= maxFiles) return
    const file: HeardFile = { head: [], headBytes: 0, sizeBytes: 0 }
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

/** By what the file holds, whatever it is called. */
async function measureFile({ head, sizeBytes }: HeardFile): Promise<MeasuredAudio> {
  try {
    const bytes = Buffer.concat(head)
    const { format } = await parseBuffer(bytes, undefined, { skipCovers: true, skipPostHeaders: true })
    const isWhole = bytes.length === sizeBytes || isStated(format)
    const rate = isWhole ? null : rateOf(format)
    const ofAll = isWhole ? 1 : sizeBytes / bytes.length
    const seconds = Math.ceil(rate === null ? (format.duration ?? 0) * ofAll : (sizeBytes * 8) / rate)
    if (Number.isSafeInteger(seconds) && seconds > 0)
      return { seconds, isEstimated: !isWhole && rate === null }
  } catch {
    // It is no sound that is known.
  }
  return { seconds: Math.ceil(sizeBytes / leastBytesPerSecond), isEstimated: true }
}

function isStated({ container = '', codecProfile }: IFormat): boolean {
  // An MP3 of several rates has all its samples in a tag at its start.
  return (
    statesLength.test(container) ||
    (container === 'MPEG' && codecProfile !== undefined && codecProfile !== 'CBR')
  )
}

/** In bits a second; null where a format has several, or does not say. */
function rateOf({ container = '', codecProfile, bitrate = 0 }: IFormat): number | null {
  const isOne = hasOneRate.test(container) || (container === 'MPEG' && codecProfile === 'CBR')
  return isOne && bitrate > 0 ? bitrate : null
}
