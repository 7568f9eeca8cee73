import { createHash, randomInt } from 'node:crypto'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 190 bits. Without signs, so that a double click selects all of it. */
const length = 32

/** A random secret: `qk_` and 32 letters and digits. The prefix lets scanners of repositories recognise it. */
export function newSecret(): string {
  return `qk_${Array.from({ length }, () => digits.charAt(randomInt(digits.length))).join('')}`
}

/** The SHA-256 of a secret in hexadecimal, by which its token is found. */
export function sha256Of(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
