import type { Endpoint } from '../endpoint.js'
import { writeOpenAiError } from '../openai-error.js'
import { readFormRequest } from '../read-form-request.js'
import { readTranscript, type TranscriptFormat, transcriptStream } from './transcript-answer.js'

/** Transcriptions: a form with a sound in, a text in any of its forms out. */
export const transcriptions: Endpoint = transcriptEndpoint('audio/transcriptions')

/** Translations of a sound to English, in the same way. */
export const translations: Endpoint = transcriptEndpoint('audio/translations')

function transcriptEndpoint(name: 'audio/transcriptions' | 'audio/translations'): Endpoint {
  return {
    path: `/v1/${name}`,
    contentType: 'multipart/form-data',
    isStoredForm: true,
    countsAudio: true,
    clientToken: () => null,
    readRequest: request =>
      readFormRequest(request, {
        name,
        read: fieldOf => {
          const stream =
            fieldOf('stream')?.toLowerCase() === 'true'
              ? { dialect: transcriptStream, wantsUsage: true }
              : null
          const format = formatOf(fieldOf('response_format'))
          return {
            // Its sound is what counts: see `audio`.
            promptCharacters: 0,
            stream,
            readAnswer: answer => readTranscript(answer, format, stream),
          }
        },
      }),
    writeError: writeOpenAiError,
  }
}

/** `json` unless the client asks for text. */
function formatOf(asked: string | undefined): TranscriptFormat {
  return asked === 'text' || asked === 'srt' || asked === 'vtt' ? asked : 'json'
}
