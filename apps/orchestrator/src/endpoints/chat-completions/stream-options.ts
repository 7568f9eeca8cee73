import { fieldOf } from '../../json-value.js'
import { rewriteBody, withoutField } from '../../vendors/rewrite-body.js'
import type { AddedField } from '../endpoint-request.js'

/** The field that requests usage in a stream. */
export const streamOptions: AddedField = { name: 'stream_options', dependsOnModel: false }

/** Whether the client requested usage in its stream. */
export function wantsUsage(body: unknown): boolean {
  return fieldOf(fieldOf(body, 'stream_options'), 'include_usage') === true
}

/**
 * Rewrites a streaming request so that its vendor reports usage, if supported; removes the options for a vendor that
 * would refuse them.
 */
export function withUsageAsked(text: string, body: unknown, isKnown: boolean): string {
  const options = fieldOf(body, 'stream_options')
  if (!isKnown) return options === undefined ? text : withoutField(text, 'stream_options')
  if (wantsUsage(body)) return text
  const others = typeof options === 'object' && options !== null ? options : {}
  return rewriteBody(text, { stream_options: { ...others, include_usage: true } })
}
