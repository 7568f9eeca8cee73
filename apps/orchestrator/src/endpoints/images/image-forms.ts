import { readUsage } from '@quotakeeper/vendors'
import { textCharacters } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import { writeOpenAiError } from '../openai-error.js'
import { type FormFormat, readFormRequest } from '../read-form-request.js'
import { type JsonFormat, readJsonAnswer } from '../read-json-answer.js'
import { imageCount, isImages } from './image-answer.js'
import { imageStream } from './image-stream.js'

/** Images from images and a text. */
export const imageEdits: Endpoint = imageEndpoint({ name: 'images/edits' })

/** Images like an image. Source of the model: the types of OpenAI's library, ImageCreateVariationParams (2026-11-29). */
export const imageVariations: Endpoint = imageEndpoint({
  name: 'images/variations',
  defaultModel: 'dall-e-2',
})

const dialect = imageStream('image_edit')
const format: JsonFormat = {
  isAnswer: isImages,
  answerCharacters: () => 0,
  usageOf: readUsage,
  stream: dialect,
}

function imageEndpoint(own: Omit<FormFormat, 'read'>): Endpoint {
  return {
    path: `/v1/${own.name}`,
    contentType: 'multipart/form-data',
    isStoredForm: true,
    clientToken: () => null,
    readRequest: request =>
      readFormRequest(request, {
        ...own,
        read: fieldOf => {
          const stream = fieldOf('stream')?.toLowerCase() === 'true' ? { dialect, wantsUsage: true } : null
          return {
            promptCharacters: textCharacters(fieldOf('prompt')),
            requestCount: imageCount({ n: Number(fieldOf('n') ?? 1) }),
            stream,
            readAnswer: answer => readJsonAnswer(format, answer, stream),
          }
        },
      }),
    writeError: writeOpenAiError,
  }
}
