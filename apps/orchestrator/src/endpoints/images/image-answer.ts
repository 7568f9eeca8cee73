import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { countIn, maxAnswerCount } from '../count-field.js'

/** Whether a body has images, as addresses or base64. */
export function isImages(body: unknown): boolean {
  const data = elementsOf(fieldOf(body, 'data'))
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    data.length > 0 &&
    data.every(image => isFilled(fieldOf(image, 'url')) || isFilled(fieldOf(image, 'b64_json')))
  )
}

/** The number of requested images, which vendors without usage count and bill. */
export function imageCount(body: unknown): number {
  return Math.min(Math.max(1, countIn(body, 'n') ?? 1), maxAnswerCount)
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
