import { fieldOf } from '../../json-value.js'
import type { Endpoint } from '../endpoint.js'
import { inputCharacters } from '../input-characters.js'
import { passThrough } from '../pass-through.js'
import { imageCount, isImages } from './image-answer.js'
import { imageStream } from './image-stream.js'

/** Images from a text. */
export const imageGenerations: Endpoint = passThrough({
  name: 'images/generations',
  promptCharacters: body => inputCharacters(fieldOf(body, 'prompt')),
  requestCount: imageCount,
  isAnswer: isImages,
  isPricedByTokens: false,
  stream: imageStream('image_generation'),
})
