import type { Attempt } from '../../routing/attempt/attempt.js'
import type { AddedField } from '../../routing/rejected-fields.js'
import type { RoutedRequest, RouteWorld } from '../../routing/routed-request.js'
import { grantedOutputTokens } from '../../settlement/reservation.js'
import { type JsonValue, rewriteBody } from '../../vendors/rewrite-body.js'
import { withUsageAsked } from './stream-options.js'

/** A body for a vendor, and which of its fields may be left out: the vendor may not know them. */
export interface VendorBody {
  readonly text: string
  readonly added: readonly AddedField[]
}

/**
 * The client's body as a vendor gets it: the model by the vendor's name, the granted output as its cap under a
 * strict policy, and usage asked for in streams. All else is as it came.
 *
 * @param isRejected whether the vendor has refused a field
 */
export function vendorBody(
  { policy }: RouteWorld,
  { door, text, body, model, isStream }: RoutedRequest,
  attempt: Attempt,
  isRejected: (field: AddedField) => boolean,
): VendorBody {
  const { candidate, granted, promptCharacters } = attempt
  const { vendor, facts } = candidate.provider
  const fields: Record<string, JsonValue> = {}
  const added: AddedField[] = []
  if (candidate.model !== model) fields['model'] = candidate.model
  if (policy.isStrict) {
    const { answerCount, maxTokens } = door.askedOutput(body)
    const cap = grantedOutputTokens({ promptCharacters, answerCount }, granted.counts)
    for (const field of door.capFields(body, vendor)) {
      const known = maxTokens === null ? knownCap(field, isRejected) : field
      fields[known] = cap
      if (maxTokens === null && isCap(known)) added.push(known)
    }
  }
  const sent = Object.keys(fields).length === 0 ? text : rewriteBody(text, fields)
  if (!isStream) return { text: sent, added }
  const asksUsage = facts.acceptsStreamOptions && !isRejected('stream_options')
  if (asksUsage) added.push('stream_options')
  return { text: withUsageAsked(sent, body, asksUsage), added }
}

/** The other of the two fields, where the vendor has refused the usual one. */
function knownCap(field: string, isRejected: (field: AddedField) => boolean): string {
  const other = field === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  return isCap(field) && isRejected(field) && !isRejected(other) ? other : field
}

function isCap(field: string): field is 'max_tokens' | 'max_completion_tokens' {
  return field === 'max_tokens' || field === 'max_completion_tokens'
}
