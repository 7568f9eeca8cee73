import { StreamUsage, type VendorUsage } from '@quotakeeper/vendors'
import { elementsOf, fieldOf } from '../counting/json-value.js'
import { parseJson } from '../parse-json.js'
import type { EventFrame } from './event-frames.js'

const endOfStream = '[DONE]'

/** What is known of a stream before it comes. */
export interface StreamAccountOptions {
  readonly vendor: string
  /** The characters that an event adds to the answer. */
  readonly deltaCharacters: (event: unknown) => number
  /** Whether the client has asked for usage: else the event that holds nothing more is kept from it. */
  readonly wantsUsage: boolean
}

/** Keeps account of a stream: how much text has come, what it is said to have used, whether it is whole. */
export class StreamAccount {
  readonly #options: StreamAccountOptions
  readonly #usage: StreamUsage
  #characters = 0
  #isWhole = false
  #error: unknown = null

  constructor(options: StreamAccountOptions) {
    this.#options = options
    this.#usage = new StreamUsage(options.vendor)
  }

  /** Takes a frame. @returns whether the client is to have it */
  take({ data }: EventFrame): boolean {
    let isForClient = true
    for (const text of data) {
      if (text === endOfStream) this.#isWhole = true
      else isForClient = this.#takeEvent(parseJson(text)) && isForClient
    }
    return isForClient
  }

  /** Characters of text that have come, in code points. */
  get characters(): number {
    return this.#characters
  }

  get usage(): VendorUsage {
    return this.#usage.usage
  }

  /** Whether the stream has said that it is at its end. */
  get isWhole(): boolean {
    return this.#isWhole
  }

  /** The last event that told an error, parsed; null without one. */
  get error(): unknown {
    return this.#error
  }

  #takeEvent(event: unknown): boolean {
    this.#usage.add(event)
    this.#characters += this.#options.deltaCharacters(event)
    const choices = elementsOf(fieldOf(event, 'choices'))
    if (choices.some(choice => isText(fieldOf(choice, 'finish_reason')))) this.#isWhole = true
    if (isError(event)) this.#error = event
    return this.#options.wantsUsage || !isUsageAlone(event)
  }
}

/** An error where an answer was expected: `{ "error": … }`. */
export function isError(event: unknown): boolean {
  const error = fieldOf(event, 'error')
  return error !== undefined && error !== null && elementsOf(fieldOf(event, 'choices')).length === 0
}

/** The event that OpenAI and its kin send at the end because of `include_usage`. Some clients cannot do with it. */
function isUsageAlone(event: unknown): boolean {
  const choices = fieldOf(event, 'choices')
  const usage = fieldOf(event, 'usage')
  return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && usage !== null
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
