import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { AudioMeter } from './audio-meter.js'

/** Mono of 8 kHz and 8 bits: 8,000 bytes a second. */
function wave(seconds: number): Buffer {
  const data = Buffer.alloc(seconds * 8_000, 0x80)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + data.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8_000, 24)
  head.writeUInt32LE(8_000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(data.length, 40)
  return Buffer.concat([head, data])
}

/** MPEG 1 layer III, 128 kbit/s at 44.1 kHz without an info tag: 417 bytes for 1,152 samples. */
function mp3(frames: number): Buffer {
  const frame = Buffer.alloc(417)
  frame.writeUInt32BE(0xff_fb_90_c0, 0)
  return Buffer.concat(Array.from({ length: frames }, () => frame))
}

/** The first block alone, which states the samples: 16 kHz, mono, 16 bits. */
function flac(seconds: number): Buffer {
  const block = Buffer.alloc(42)
  block.write('fLaC', 0)
  block.writeUInt32BE(0x80_00_00_22, 4)
  block.writeUInt16BE(4_096, 8)
  block.writeUInt16BE(4_096, 10)
  const rate = 16_000n
  block.writeBigUInt64BE((rate << 44n) | (0n << 41n) | (15n << 36n) | (BigInt(seconds) * rate), 18)
  return block
}

async function measured(bytes: Buffer) {
  const meter = new AudioMeter()
  const stream = Readable.from(chunksOf(bytes))
  meter.listen(stream)
  stream.resume()
  await finished(stream)
  return await meter.measure()
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 10_007) yield bytes.subarray(at, at + 10_007)
}

test.each([
  ['a WAV of 3 s', wave(3), 3],
  ['a WAV of 2.5 s, rounded up', wave(2.5), 3],
  ['a WAV that is longer than what is read of it', wave(100), 100],
  ['a short MP3', mp3(200), 6],
  ['a long MP3 of one bit rate', mp3(2_000), 53],
  [
    'a FLAC whose sound is longer than what is read of it',
    Buffer.concat([flac(600), Buffer.alloc(500_000)]),
    600,
  ],
])('%s is measured by its header', async (_, bytes, seconds) => {
  const audio = await measured(bytes)
  expect(audio?.seconds).toBeGreaterThanOrEqual(seconds)
  expect(audio?.seconds).toBeLessThanOrEqual(seconds + 1)
})

test('a WAV that is read whole is exact', async () => {
  expect(await measured(wave(3))).toEqual({ seconds: 3, isEstimated: false })
})

test.each([
  ['no sound', Buffer.from('hello '.repeat(10_000)), 15],
  ['an empty file', Buffer.alloc(0), 0],
  [
    'a header that claims a tag of 256 MB',
    Buffer.concat([Buffer.from('ID3\x04\x00\x00\x7f\x7f\x7f\x7f', 'latin1'), Buffer.alloc(8_000)]),
    3,
  ],
])('%s is estimated by its size', async (_, bytes, seconds) => {
  expect(await measured(bytes)).toEqual({ seconds, isEstimated: true })
})

test('files are added up, four at most, and a form without one has no sound', async () => {
  const meter = new AudioMeter()
  for (let count = 0; count < 6; count++) {
    const stream = Readable.from([wave(2)])
    meter.listen(stream)
    stream.resume()
    await finished(stream)
  }
  expect(await meter.measure()).toEqual({ seconds: 8, isEstimated: false })
  expect(await new AudioMeter().measure()).toBeNull()
})
