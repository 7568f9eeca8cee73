import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { FoundKey } from './find-key.js'

/** Twice the longest key that can be entered over the API. */
const maxBytes = 8_192
/** From this length a forbidden secret is searched for within the content; shorter ones may be part of a key by chance. */
const minSearchedLength = 16

const remedies: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: mount the secret there, or change apiKeyFile',
  EACCES: 'may not be read: let the user of the gateway read it',
  ENOTDIR: 'is not there: mount the secret there, or change apiKeyFile',
}

/**
 * Reads a key from a file that holds it alone, with or without a line break at its end. The reason of a failure names the
 * setting, the file and the remedy, never the content. Never rejects.
 *
 * @param forbidden secrets that are refused, alone or beside others, as in a list or after the name of a variable
 */
export async function readKeyFile(path: string, forbidden: readonly string[]): Promise<FoundKey> {
  let file: FileHandle
  try {
    // Opening a pipe would wait for its writer otherwise.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    return fault(path, reasonOf(error))
  }
  try {
    if (!(await file.stat()).isFile()) return fault(path, 'is not a regular file: name the file with the key')
    const { bytesRead, buffer } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0)
    if (bytesRead > maxBytes)
      return fault(path, `is larger than ${maxBytes} bytes: it must hold the key alone`)
    const key = buffer.toString('latin1', 0, bytesRead).trim()
    if (key === '') return fault(path, 'is empty: write the key into it')
    if (!/^[\x21-\x7e]+$/.test(key)) return fault(path, 'must hold the key alone, on one line')
    if (forbidden.some(secret => holds(key.toLowerCase(), secret.toLowerCase())))
      return fault(path, 'holds a secret of Quotakeeper, which is sent to no vendor')
    return { found: true, key }
  } catch (error) {
    return fault(path, reasonOf(error))
  } finally {
    await file.close()
  }
}

function holds(content: string, secret: string): boolean {
  return content === secret || (secret.length >= minSearchedLength && content.includes(secret))
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
  return remedies[code] ?? `cannot be read (${code})`
}

function fault(path: string, what: string): FoundKey {
  return { found: false, reason: `apiKeyFile: ${path} ${what}` }
}
