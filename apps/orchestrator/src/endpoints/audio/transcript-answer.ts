import { isUtf8 } from 'node:buffer'
import { errorStatusOf, readUsage } from '@quotakeeper/vendors'
import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { parseJson } from '../../parse-json.js'
import type { RawAnswer, ReadAnswer, RequestedStream } from '../endpoint-request.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { typedEvents } from '../typed-events.js'

/** The requested transcript format; `json` covers all JSON formats. */
export type TranscriptFormat = 'json' | 'text' | 'srt' | 'vtt'

/**
 * Streams of transcripts: text deltas, and the whole text with usage at the end. Source: the types of OpenAI's library,
 * TranscriptionStreamEvent (2026-11-29).
 */
export const transcriptStream = typedEvents({
  contentTypes: ['transcript.text.delta', 'transcript.text.segment'],
  endTypes: ['transcript.text.done'],
  textOf: event => {
    const delta = fieldOf(event, 'delta')
    return typeof delta === 'string' ? delta : null
  },
  assemble: events => {
    const { type: _, ...done } = isObject(events.at(-1)) ? Object(events.at(-1)) : {}
    const deltas = events.map(event => fieldOf(event, 'delta')).filter(delta => typeof delta === 'string')
    return { text: deltas.join(''), ...done }
  },
  split: answer => {
    const text = fieldOf(answer, 'text')
    const usage = fieldOf(answer, 'usage')
    return [
      { type: 'transcript.text.delta', delta: text },
      { type: 'transcript.text.done', text, ...(usage === undefined ? {} : { usage }) },
    ]
  },
})

const format: JsonFormat = {
  isAnswer: body =>
    isObject(body) &&
    !fieldOf(body, 'error') &&
    (typeof body['text'] === 'string' || elementsOf(body['segments']).length > 0),
  // Tokens are not estimated; the vendor reports them.
  answerCharacters: () => 0,
  usageOf: readUsage,
  stream: transcriptStream,
}

/** Reads a transcript and writes it in the requested format. */
export function readTranscript(
  raw: RawAnswer,
  wanted: TranscriptFormat,
  stream: RequestedStream | null,
): ReadAnswer {
  if (wanted === 'json' || stream !== null) return readJsonAnswer(format, raw, stream)
  const parsed = parseJson(raw.body)
  if (isObject(parsed)) {
    const read = readJsonAnswer(format, raw, null)
    // The transcribed text may look like JSON.
    const isSaid = errorStatusOf(parsed) === null && !/json/i.test(raw.contentType ?? '')
    if (read.kind === 'none' && isSaid) return textOf(raw, wanted)
    if (read.kind !== 'answer' || wanted !== 'text' || typeof parsed['text'] !== 'string')
      return read.kind === 'answer' ? none('JSON in place of subtitles') : read
    return { ...read, contentType: 'text/plain; charset=utf-8', body: Buffer.from(parsed['text']) }
  }
  return textOf(raw, wanted)
}

function textOf({ body, contentType = 'text/plain; charset=utf-8' }: RawAnswer, wanted: string): ReadAnswer {
  const start = body.subarray(0, 200).toString('utf8').trimStart()
  if (body.length === 0) return none('an empty body')
  if (/^<(?:!doctype|html|\?xml)/i.test(start) || /^\s*text\/html/i.test(contentType))
    return none('a page of HTML')
  if (!isUtf8(body)) return none('no text')
  if (wanted === 'vtt' && !/^\ufeff?WEBVTT/.test(start)) return none('no subtitles')
  if (wanted !== 'text' && /^\s*application\/json/i.test(contentType))
    return none('JSON in place of subtitles')
  return { kind: 'answer', contentType, body, usage: () => readUsage(undefined), characters: () => 0 }
}

function none(what: string): ReadAnswer {
  return { kind: 'none', what, usage: () => readUsage(undefined), characters: () => 0 }
}
