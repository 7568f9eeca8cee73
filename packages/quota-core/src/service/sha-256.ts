/**
 * SHA-256 (FIPS 180-4) of texts in plain integers, so that it runs wherever the rules do. Web Crypto's digest is
 * asynchronous, and commands must keep the order of their calls. On the path of every call, a text of 130 characters
 * takes 1.3 µs; `node:crypto` took 0.45 µs and the npm package @noble/hashes 3.1 µs (Node.js 20).
 */
export function sha256Base64Url(text: string, length: number): string {
  const longest = text.length * 3 + paddingBytes
  const bytes = longest > shared.length ? new Uint8Array(longest) : shared
  const count = writeUtf8(text, bytes)
  const end = ((count + 8) >>> 6) * blockBytes + blockBytes
  bytes[count] = 0x80
  bytes.fill(0, count + 1, end)
  // The lower 53 of the 64 bits of the length suffice for any text.
  writeWord(bytes, end - 8, Math.floor(count / 0x2000_0000))
  writeWord(bytes, end - 4, count << 3)
  state.set(initialState)
  for (let at = 0; at < end; at += blockBytes) compress(bytes, at)
  hash.length = length
  for (let index = 0; index < length; index++) hash[index] = digits[sextetAt(index * 6)] ?? 0
  // At once: character by character it took twice as long, and left a text behind for each.
  return String.fromCharCode(...hash)
}

const blockBytes = 64
/** Padding at the end of the last block: a bit, zeros and the length. */
const paddingBytes = 72
const digits = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', digit =>
  digit.charCodeAt(0),
)

const utf8 = new TextEncoder()
/** Most texts fit, and then nothing is allocated. */
const shared = new Uint8Array(2_048)
const state = new Int32Array(8)
const hash: number[] = []
const schedule = new Int32Array(64)

/** The first 32 bits of the fractions of the square and of the cube roots of the first primes. */
const primes = firstPrimes(64)
const initialState = Int32Array.from(primes.slice(0, 8), prime => fraction(Math.sqrt(prime)))
const roundConstants = Int32Array.from(primes, prime => fraction(Math.cbrt(prime)))

function firstPrimes(count: number): readonly number[] {
  const found: number[] = []
  for (let number = 2; found.length < count; number++) {
    if (found.every(prime => number % prime !== 0)) found.push(number)
  }
  return found
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 0x1_0000_0000) | 0
}

/** Character by character while they are ASCII, the usual case: the encoder takes longer for short texts. */
function writeUtf8(text: string, bytes: Uint8Array): number {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit > 0x7f) return utf8.encodeInto(text, bytes).written
    bytes[index] = unit
  }
  return text.length
}

function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24
  bytes[at + 1] = word >>> 16
  bytes[at + 2] = word >>> 8
  bytes[at + 3] = word
}

/** Six bits of the digest, starting at `bit`. */
function sextetAt(bit: number): number {
  const word = wordAt(state, bit >>> 5)
  const offset = bit & 31
  if (offset <= 26) return (word >>> (26 - offset)) & 63
  return ((word << (offset - 26)) | (wordAt(state, (bit >>> 5) + 1) >>> (58 - offset))) & 63
}

function compress(bytes: Uint8Array, start: number): void {
  for (let index = 0, at = start; index < 16; index++, at += 4) {
    schedule[index] =
      (wordAt(bytes, at) << 24) |
      (wordAt(bytes, at + 1) << 16) |
      (wordAt(bytes, at + 2) << 8) |
      wordAt(bytes, at + 3)
  }
  let a = wordAt(state, 0)
  let b = wordAt(state, 1)
  let c = wordAt(state, 2)
  let d = wordAt(state, 3)
  let e = wordAt(state, 4)
  let f = wordAt(state, 5)
  let g = wordAt(state, 6)
  let h = wordAt(state, 7)
  for (let index = 0; index < 64; index++) {
    const word = index < 16 ? wordAt(schedule, index) : extend(index)
    const choice = g ^ (e & (f ^ g))
    const majority = (a & b) | (c & (a | b))
    const first =
      (h +
        (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) +
        choice +
        wordAt(roundConstants, index) +
        word) |
      0
    const second =
      ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + majority) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  state[0] = wordAt(state, 0) + a
  state[1] = wordAt(state, 1) + b
  state[2] = wordAt(state, 2) + c
  state[3] = wordAt(state, 3) + d
  state[4] = wordAt(state, 4) + e
  state[5] = wordAt(state, 5) + f
  state[6] = wordAt(state, 6) + g
  state[7] = wordAt(state, 7) + h
}

function extend(index: number): number {
  const near = wordAt(schedule, index - 2)
  const far = wordAt(schedule, index - 15)
  const word =
    ((((far >>> 7) | (far << 25)) ^ ((far >>> 18) | (far << 14)) ^ (far >>> 3)) +
      wordAt(schedule, index - 7) +
      (((near >>> 17) | (near << 15)) ^ ((near >>> 19) | (near << 13)) ^ (near >>> 10)) +
      wordAt(schedule, index - 16)) |
    0
  schedule[index] = word
  return word
}

/** Reads an element; every index in this file lies within its array. */
function wordAt(words: Int32Array | Uint8Array, index: number): number {
  return words[index] ?? 0
}
