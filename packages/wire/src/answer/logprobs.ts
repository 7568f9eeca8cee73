import { elementsOf, fieldOf, numberOf } from '../json/json-value.js'

/** The log probability of a token, and its alternatives. */
export interface TokenLogprob extends Logprob {
  top_logprobs: Logprob[]
}

export interface Logprob {
  token: string
  logprob: number
  bytes: number[] | null
}

/** Reads well-formed log probabilities and adds them to `all`. */
export function readLogprobs(given: readonly unknown[], all: TokenLogprob[]): TokenLogprob[] {
  const read = given.flatMap((entry): TokenLogprob[] => {
    const token = fieldOf(entry, 'token')
    const logprob = numberOf(fieldOf(entry, 'logprob'))
    if (typeof token !== 'string' || logprob === null) return []
    const top = fieldOf(entry, 'top_logprobs')
    return [{ token, logprob, bytes: bytesOf(fieldOf(entry, 'bytes')), top_logprobs: readTop(top) }]
  })
  for (const entry of read) all.push(entry)
  return read
}

function readTop(given: unknown): Logprob[] {
  return elementsOf(given).flatMap(entry => {
    const token = fieldOf(entry, 'token')
    const logprob = numberOf(fieldOf(entry, 'logprob'))
    if (typeof token !== 'string' || logprob === null) return []
    return [{ token, logprob, bytes: bytesOf(fieldOf(entry, 'bytes')) }]
  })
}

function bytesOf(bytes: unknown): number[] | null {
  return Array.isArray(bytes) ? bytes.filter(byte => typeof byte === 'number') : null
}
