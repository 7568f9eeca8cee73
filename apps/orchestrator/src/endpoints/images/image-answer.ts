import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { countIn, maxAnswerCount } from '../count-field.js'

/** Whether a body holds images: each as an address, or as its base64. */
export function isImages(body: unknown): boolean {
  const data = elementsOf(fieldOf(body, 'data'))
  return (
    isObject(body) &&
    !fieldOf(body, 'error') &&
    data.length > 0 &&
    data.every(image => isFilled(fieldOf(image, 'url')) || isFilled(fieldOf(image, 'b64_json')))
  )
}

/** How many images are asked for: vendors that report no usage count and bill them. */
export function imageCount(body: unknown): number {
  return Math.min(Math.max(1, countIn(body, 'n') ?? 1), maxAnswerCount)
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
