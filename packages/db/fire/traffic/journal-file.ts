import { openSync, writeSync } from 'node:fs'
import type { JournalEntry } from './journal-entry.js'

/** Where a worker writes what it asks and what it is answered. */
export interface JournalFile {
  write(entry: JournalEntry): void
}

/**
 * Appends to a file, each entry by one synchronous write: what has been written survives the process,
 * however that ends.
 */
export function openJournal(path: string): JournalFile {
  const file = openSync(path, 'a')
  return { write: entry => void writeSync(file, `${JSON.stringify(entry)}\n`) }
}
