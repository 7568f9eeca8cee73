import { fieldOf, numberOf, textOf } from '../json/json-value.js'

/** The source address of a part of a text; positions in UTF-16 code units. */
export interface Citation {
  type: 'url_citation'
  start_index: number
  end_index: number
  title: string
  url: string
}

/** Reads a citation in the format of Responses or chat completions; null for any other annotation. */
export function readCitation(annotation: unknown): Citation | null {
  if (fieldOf(annotation, 'type') !== 'url_citation') return null
  const reported = fieldOf(annotation, 'url_citation') ?? annotation
  return {
    type: 'url_citation',
    start_index: numberOf(fieldOf(reported, 'start_index')) ?? 0,
    end_index: numberOf(fieldOf(reported, 'end_index')) ?? 0,
    title: textOf(fieldOf(reported, 'title')),
    url: textOf(fieldOf(reported, 'url')),
  }
}
