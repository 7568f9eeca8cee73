import { fieldOf } from '../../json-value.js'
import { rewriteBody, withoutField } from '../../vendors/rewrite-body.js'
import type { AddedField } from '../endpoint-request.js'

/** By which a vendor is asked for usage in a stream. */
export const streamOptions: AddedField = { name: 'stream_options', dependsOnModel: false }

/** Whether a request asks for usage in its stream. */
export function wantsUsage(body: unknown): boolean {
  return fieldOf(fieldOf(body, 'stream_options'), 'include_usage') === true
}

/**
 * The text of a streaming request such that its vendor reports usage, where it knows how; without the options
 * that a vendor which doesn't know them would refuse.
 */
export function withUsageAsked(text: string, body: unknown, isKnown: boolean): string {
  const options = fieldOf(body, 'stream_options')
  if (!isKnown) return options === undefined ? text : withoutField(text, 'stream_options')
  if (wantsUsage(body)) return text
  const others = typeof options === 'object' && options !== null ? options : {}
  return rewriteBody(text, { stream_options: { ...others, include_usage: true } })
}
