import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { typedEvents } from '../typed-events.js'

/**
 * Streams of images: partial images, and each whole image at its end. Source: the types of OpenAI's library,
 * ImageGenStreamEvent and ImageEditStreamEvent (2026-11-29).
 *
 * @param name `image_generation` or `image_edit`
 */
export function imageStream(name: string) {
  return typedEvents({
    contentTypes: [`${name}.partial_image`, `${name}.completed`],
    endTypes: [`${name}.completed`],
    assemble: events => {
      const whole = events.filter(event => fieldOf(event, 'type') === `${name}.completed`)
      const { type: _, b64_json: image, ...rest } = isObject(whole.at(-1)) ? Object(whole.at(-1)) : {}
      return {
        created: fieldOf(rest, 'created_at'),
        ...rest,
        data: whole.map(event => ({ b64_json: fieldOf(event, 'b64_json') ?? image })),
      }
    },
    split: answer => {
      const { data, ...rest } = isObject(answer) ? answer : {}
      return elementsOf(data).map(image => ({
        type: `${name}.completed`,
        ...rest,
        ...(isObject(image) ? image : {}),
      }))
    },
  })
}
