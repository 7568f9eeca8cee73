import { fieldOf } from '../../json-value.js'
import { type JsonValue, rewriteBody } from '../../vendors/rewrite-body.js'
import type { AddedField, VendorRequest, VendorTarget } from '../endpoint-request.js'
import type { DialectRequest } from '../translation/spoken-dialect.js'
import { outputCapFields } from './requested-output.js'
import { streamOptions, withUsageAsked } from './stream-options.js'

/**
 * The client's body as a vendor gets it: the model by the vendor's name, the granted output as its cap where there is
 * one, and usage asked for in streams. All else is as it came.
 */
export function writeChatRequest(
  { text, body, model, output, isStream }: Omit<DialectRequest, 'isOwn'>,
  { vendor, endpoints, facts, model: vendorModel, maxOutputTokens, isRejected }: VendorTarget,
): VendorRequest {
  const fields: Record<string, JsonValue> = {}
  const added: AddedField[] = []
  if (vendorModel !== model) fields['model'] = vendorModel
  if (maxOutputTokens !== null) {
    for (const field of capFields(body, vendor)) {
      const known = output.maxTokens === null ? knownCap(field, isRejected) : field
      fields[known] = maxOutputTokens
      if (output.maxTokens === null) added.push(addedCap(known))
    }
  }
  const endpoint = 'chat/completions'
  const request = { endpoint, path: endpoints.get(endpoint) ?? endpoint, headers: {}, added } as const
  const sent = Object.keys(fields).length === 0 ? text : rewriteBody(text, fields)
  if (!isStream) return { ...request, body: sent }
  const asksUsage = facts.acceptsStreamOptions && !isRejected(streamOptions)
  if (asksUsage) added.push(streamOptions)
  return { ...request, body: withUsageAsked(sent, body, asksUsage) }
}

type CapField = (typeof outputCapFields)[number]

/**
 * The fields in which a vendor is sent the most output that was granted: every one that the request has, since
 * vendors differ in which they follow; OpenAI's newer models know the longer one only.
 */
function capFields(body: unknown, vendor: string): readonly CapField[] {
  const given = outputCapFields.filter(field => typeof fieldOf(body, field) === 'number')
  if (given.length > 0) return given
  return vendor === 'openai' ? ['max_completion_tokens'] : ['max_tokens']
}

/** The other of the two fields, where the vendor has refused the usual one. */
function knownCap(field: CapField, isRejected: (field: AddedField) => boolean): CapField {
  const other = field === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  return isRejected(addedCap(field)) && !isRejected(addedCap(other)) ? other : field
}

function addedCap(name: CapField): AddedField {
  return { name, dependsOnModel: true }
}
