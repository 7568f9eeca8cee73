import { fileURLToPath } from 'node:url'

/** A fenced sample of the README or of docs. */
export interface DocumentSample {
  /** Path in the repository. */
  readonly document: string
  readonly line: number
  readonly language: string
  readonly text: string
}

type Reader = (root: string) => readonly (DocumentSample & { readonly reason: string | null })[]

/** The samples in these languages that are meant to work. */
export async function documentSamples(languages: readonly string[]): Promise<readonly DocumentSample[]> {
  // By its address, without types: the check of documents is written in JavaScript.
  const address = new URL('../../../scripts/docs/read-samples.mjs', import.meta.url).href
  const { readSamples }: { readSamples: Reader } = await import(address)
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  return readSamples(root).filter(({ language, reason }) => languages.includes(language) && reason === null)
}
