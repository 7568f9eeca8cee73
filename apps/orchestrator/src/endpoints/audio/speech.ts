import { isUtf8 } from 'node:buffer'
import { readUsage } from '@quotakeeper/vendors'
import { fieldOf, isObject, textCharacters } from '../../json-value.js'
import { isBinary } from '../../vendors/body-form.js'
import { rewriteBody } from '../../vendors/rewrite-body.js'
import type { Endpoint } from '../endpoint.js'
import type { EndpointRequest, RawAnswer, ReadAnswer, RequestedStream } from '../endpoint-request.js'
import { writeOpenAiError } from '../openai-error.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { type JsonRequest, readJsonRequest } from '../read-json-request.js'
import { speechStream } from './speech-stream.js'

/** Speech: its characters are those of `input`. Answers are bytes, passed through as they arrive, or events. */
export const speech: Endpoint = {
  path: '/v1/audio/speech',
  contentType: 'application/json',
  clientToken: () => null,
  readRequest: request => readJsonRequest(request, readSpeechRequest),
  writeError: writeOpenAiError,
}

/** The format of a JSON answer: audio as base64. */
const format: JsonFormat = {
  isAnswer: body => isObject(body) && !fieldOf(body, 'error') && textCharacters(fieldOf(body, 'audio')) > 0,
  answerCharacters: () => 0,
  usageOf: readUsage,
  stream: speechStream,
}

function readSpeechRequest({ text, body, model }: JsonRequest): EndpointRequest {
  const isEvents = fieldOf(body, 'stream_format') === 'sse'
  const stream = isEvents ? { dialect: speechStream, wantsUsage: true } : null
  return {
    model,
    promptCharacters: textCharacters(fieldOf(body, 'input')),
    output: { maxTokens: 0, answerCount: 1 },
    stream,
    isByteStream: !isEvents,
    isPricedByTokens: false,
    isServedBy: ({ endpoints }) => endpoints.has('audio/speech'),
    writeFor: ({ endpoints, model: vendorModel }) => ({
      path: endpoints.get('audio/speech') ?? 'audio/speech',
      headers: { accept: '*/*' },
      body: vendorModel === model ? text : rewriteBody(text, { model: vendorModel }),
      added: [],
    }),
    readAnswer: answer => readSpeech(answer, stream),
    usageOf: readUsage,
  }
}

/** Reads a whole answer: audio bytes, or JSON or events with base64 audio, converted to the requested form. */
function readSpeech(raw: RawAnswer, stream: RequestedStream | null): ReadAnswer {
  const { body, contentType } = raw
  const isSound = body.length > 0 && (isBinary(contentType) || !isUtf8(body)) && !isPage(body)
  if (isSound && readJsonAnswer(format, raw, null).kind === 'none') {
    if (stream === null)
      return { kind: 'answer', contentType: soundType(contentType), body, ...nothingReported }
    const json = Buffer.from(JSON.stringify({ audio: body.toString('base64') }))
    return readJsonAnswer(format, { ...raw, body: json, contentType: 'application/json' }, stream)
  }
  const read = readJsonAnswer(format, raw, stream)
  if (read.kind !== 'answer' || stream !== null) return read
  const audio = fieldOf(JSON.parse(read.body.toString()), 'audio')
  return { ...read, contentType: soundType(undefined), body: Buffer.from(String(audio), 'base64') }
}

const nothingReported = { usage: () => readUsage(undefined), characters: () => 0 }

function isPage(body: Buffer): boolean {
  return /^\s*<(?:!doctype|html)/i.test(body.subarray(0, 200).toString('latin1'))
}

function soundType(contentType: string | undefined): string {
  return contentType !== undefined && isBinary(contentType) ? contentType : 'application/octet-stream'
}
