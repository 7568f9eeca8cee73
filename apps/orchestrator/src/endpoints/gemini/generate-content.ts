import { readUsage } from '@quotakeeper/vendors'
import type { EndpointRequest, RawAnswer, ReadAnswer, RequestedStream } from '../endpoint-request.js'
import { isOfText } from '../is-of-text.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { geminiAnswerCharacters, isGeminiAnswer } from './gemini-answer.js'
import { geminiNeeds, geminiOutput, geminiPromptCharacters } from './gemini-request.js'
import { arrayElements, geminiStream, passedEvents } from './gemini-stream.js'
import { type GeminiRequest, writeGeminiRequest } from './write-gemini-request.js'

const format: JsonFormat = {
  isAnswer: isGeminiAnswer,
  answerCharacters: geminiAnswerCharacters,
  usageOf: readUsage,
  stream: geminiStream,
}

const eventStream: RequestedStream = { dialect: geminiStream, wantsUsage: true, rewrite: passedEvents }
const arrayStream: RequestedStream = {
  ...{ dialect: geminiStream, wantsUsage: true, rewrite: arrayElements },
  contentType: 'application/json',
}

/** A request for content. @param wantsEvents whether a stream is to be events, else the elements of an array */
export function contentRequest(asked: GeminiRequest, wantsEvents: boolean): EndpointRequest {
  const { body, model, method } = asked
  const streamed = wantsEvents ? eventStream : arrayStream
  const stream = method === 'streamGenerateContent' ? streamed : null
  return {
    model,
    promptCharacters: geminiPromptCharacters(body),
    output: geminiOutput(body),
    stream,
    needs: geminiNeeds(body),
    isPricedByTokens: isOfText(body),
    isServedBy: ({ endpoints }) => endpoints.has(method),
    writeFor: target => writeGeminiRequest(asked, target),
    readAnswer: raw => (stream === arrayStream ? readIntoArray(raw) : readJsonAnswer(format, raw, stream)),
    usageOf: readUsage,
  }
}

/** An answer that came whole is the array's only element. */
function readIntoArray(raw: RawAnswer): ReadAnswer {
  const read = readJsonAnswer(format, raw, null)
  if (read.kind !== 'answer') return read
  return { ...read, body: Buffer.concat([Buffer.from('['), read.body, Buffer.from(']')]) }
}
