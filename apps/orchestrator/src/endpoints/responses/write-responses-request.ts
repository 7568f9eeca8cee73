import { withoutCarried } from '@quotakeeper/wire'
import { elementsOf, fieldOf } from '../../json-value.js'
import { type JsonValue, rewriteBody } from '../../vendors/rewrite-body.js'
import type { AddedField, VendorRequest, VendorTarget } from '../endpoint-request.js'
import { tokenMark } from '../token-mark.js'
import type { DialectRequest } from '../translation/spoken-dialect.js'
import { isCompaction } from './compaction-item.js'

/** The most output of an answer, where it is set here. */
const cap: AddedField = { name: 'max_output_tokens', dependsOnModel: true }

/** Reasoning that the vendor cannot read, since another has made it. */
const encrypted: AddedField = {
  name: 'reasoning.encrypted_content',
  dependsOnModel: false,
  isMeantBy: (httpStatus, body) =>
    httpStatus === 400 &&
    (fieldOf(fieldOf(body, 'error'), 'code') === 'invalid_encrypted_content' ||
      /encrypted content .{0,400}could not be (?:verified|decrypted)/i.test(messageOf(body))),
  isLasting: false,
}

/**
 * The client's body as a vendor gets it: the model by the vendor's name, the granted output as its cap where there is one,
 * and no reasoning that others have made. All else is as it came.
 */
export function writeResponsesRequest(
  { text, body, model, isOwn }: DialectRequest,
  { endpoints, model: vendorModel, maxOutputTokens, isRejected, makerOf }: VendorTarget,
): VendorRequest {
  const fields: Record<string, JsonValue> = {}
  const added: AddedField[] = []
  if (vendorModel !== model) fields['model'] = vendorModel
  if (maxOutputTokens !== null) {
    const isGiven = typeof body[cap.name] === 'number'
    if (isGiven || !isRejected(cap)) fields[cap.name] = maxOutputTokens
    if (!isGiven && !isRejected(cap)) added.push(cap)
  }
  const kept = isOwn ? elementsOf(withoutCarried('responses', body)['input']) : elementsOf(body['input'])
  const readable = kept.filter(item => {
    const [mark] = sealOf(item)
    if (mark === undefined) return true
    const maker = makerOf(mark)
    return maker === 'own' || (maker === 'unknown' && !isRejected(encrypted))
  })
  const given = elementsOf(body['input']).length
  const leftOut = readable.length < given ? [encrypted.name] : []
  if (readable.length < given) fields['input'] = readable
  if (readable.some(item => sealOf(item).length > 0)) added.push(encrypted)
  const endpoint = 'responses'
  return {
    endpoint,
    path: endpoints.get(endpoint) ?? endpoint,
    headers: {},
    body: Object.keys(fields).length === 0 ? text : rewriteBody(text, fields),
    added,
    leftOut,
  }
}

/** The mark of what may be left out of an item's conversation where its reader is another than its maker. */
function sealOf(item: unknown): readonly string[] {
  return isCompaction(item) ? [] : tokenMark(fieldOf(item, 'encrypted_content'))
}

function messageOf(body: unknown): string {
  const message = fieldOf(fieldOf(body, 'error'), 'message')
  return typeof message === 'string' ? message.slice(0, 10_000) : ''
}
