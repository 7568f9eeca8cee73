import { readFile } from 'node:fs/promises'
import type { Answered, Asked, JournalEntry } from '../traffic/journal-entry.js'

/** What was asked and answered about one attempt, in order. */
export interface Story {
  readonly id: string
  readonly asked: readonly Asked[]
  readonly answered: readonly Answered[]
}

/** All that some workers have written. */
export interface Journals {
  readonly stories: ReadonlyMap<string, Story>
  readonly answers: readonly Answered[]
  /** For each journal, the last entry of each of its callers: where a kill has met it. */
  readonly lastEntries: readonly (readonly JournalEntry[])[]
}

/** Reads the journals of workers that have ended. */
export async function readJournals(paths: readonly string[]): Promise<Journals> {
  const journals = await Promise.all(paths.map(readJournal))
  const stories = new Map<string, { id: string; asked: Asked[]; answered: Answered[] }>()
  for (const entry of journals.flat()) {
    const story = stories.get(entry.id) ?? { id: entry.id, asked: [], answered: [] }
    stories.set(entry.id, story)
    if (entry.entry === 'asked') story.asked.push(entry)
    else story.answered.push(entry)
  }
  return {
    stories,
    answers: journals.flat().filter(entry => entry.entry === 'answered'),
    lastEntries: journals.map(lastOfEachCaller),
  }
}

async function readJournal(path: string): Promise<readonly JournalEntry[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter(line => line !== '')
  // Only workers write here, and nothing but entries.
  return lines.map(line => JSON.parse(line) as JournalEntry)
}

function lastOfEachCaller(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const last = new Map<number, JournalEntry>()
  for (const entry of entries) last.set(entry.caller, entry)
  return [...last.values()]
}
