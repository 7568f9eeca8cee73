import { fieldOf } from '../../json-value.js'
import { type JsonValue, rewriteBody } from '../../vendors/rewrite-body.js'
import { streamOptions, withUsageAsked } from '../chat-completions/stream-options.js'
import type { AddedField, VendorRequest, VendorTarget } from '../endpoint-request.js'
import type { JsonRequest } from '../read-json-request.js'

/**
 * Writes the client's body for a vendor: the vendor's model name, the granted output as maximum, and a request for
 * usage.
 */
export function writeCompletionRequest(
  { text, body, model, isStream }: JsonRequest & { readonly isStream: boolean },
  { endpoints, facts, model: vendorModel, maxOutputTokens, isRejected }: VendorTarget,
): VendorRequest {
  const fields: Record<string, JsonValue> = {}
  const added: AddedField[] = []
  if (vendorModel !== model) fields['model'] = vendorModel
  if (maxOutputTokens !== null) {
    const cap: AddedField = { name: 'max_tokens', dependsOnModel: true }
    const isGiven = typeof fieldOf(body, cap.name) === 'number'
    if (isGiven || !isRejected(cap)) fields[cap.name] = maxOutputTokens
    if (!isGiven && !isRejected(cap)) added.push(cap)
  }
  const request = { path: endpoints.get('completions') ?? 'completions', headers: {}, added }
  const sent = Object.keys(fields).length === 0 ? text : rewriteBody(text, fields)
  if (!isStream) return { ...request, body: sent }
  const asksUsage = facts.acceptsStreamOptions && !isRejected(streamOptions)
  if (asksUsage) added.push(streamOptions)
  return { ...request, body: withUsageAsked(sent, body, asksUsage) }
}
