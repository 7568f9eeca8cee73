import { withoutCarried } from '@quotakeeper/wire'
import { elementsOf, fieldOf, isObject } from '../../json-value.js'
import { type JsonValue, rewriteBody } from '../../vendors/rewrite-body.js'
import type { AddedField, Maker, VendorRequest, VendorTarget } from '../endpoint-request.js'
import type { DialectRequest } from '../translation/spoken-dialect.js'
import { blockMarks } from './messages-marks.js'

/** Without it Anthropic refuses every call. Source: https://platform.claude.com/docs/en/api/versioning (2026-11-29). */
const defaultVersion = '2023-06-01'

/** Thinking that the vendor does not take back, since another's signature is under it. */
const signed: AddedField = {
  name: 'thinking.signature',
  dependsOnModel: false,
  isMeantBy: (httpStatus, body) => httpStatus === 400 && /invalid .?signature/i.test(messageOf(body)),
  isLasting: false,
}

/**
 * The client's body as a vendor gets it: the model by the vendor's name, the granted output as its cap where there is one,
 * and no thinking that other vendors have signed. All else is as it came.
 */
export function writeMessagesRequest(
  { text, body, model, isOwn, passedOn }: DialectRequest,
  { endpoints, model: vendorModel, maxOutputTokens, isRejected, makerOf }: VendorTarget,
): VendorRequest {
  const fields: Record<string, JsonValue> = {}
  if (vendorModel !== model) fields['model'] = vendorModel
  if (maxOutputTokens !== null) fields['max_tokens'] = maxOutputTokens
  const given = elementsOf(body['messages'])
  const own = isOwn ? elementsOf(withoutCarried('messages', body)['messages']) : given
  const isForeign = (maker: Maker): boolean =>
    maker === 'other' || (maker === 'unknown' && isRejected(signed))
  const messages = own.flatMap(message => withoutForeign(message, mark => isForeign(makerOf(mark))))
  const isChanged =
    messages.length !== given.length || messages.some((message, place) => message !== given[place])
  if (isChanged) fields['messages'] = messages
  const isSigned = messages.some(message => elementsOf(fieldOf(message, 'content')).some(isMarked))
  const endpoint = 'messages'
  const path = endpoints.get(endpoint) ?? endpoint
  const query = passedOn?.query ?? ''
  return {
    endpoint,
    path: query === '' ? path : `${path}?${query}`,
    headers: { 'anthropic-version': defaultVersion, ...passedOn?.headers },
    body: Object.keys(fields).length === 0 ? text : rewriteBody(text, fields),
    added: isSigned ? [signed] : [],
    leftOut: isChanged ? [signed.name] : [],
  }
}

function isMarked(block: unknown): boolean {
  return blockMarks(block).length > 0
}

/** A message of nothing but such thinking is gone with it. */
function withoutForeign(message: unknown, isForeign: (mark: string) => boolean): readonly unknown[] {
  const content = elementsOf(fieldOf(message, 'content'))
  const kept = content.filter(block => !blockMarks(block).some(isForeign))
  if (kept.length === content.length || !isObject(message)) return [message]
  return kept.length === 0 ? [] : [{ ...message, content: kept }]
}

function messageOf(body: unknown): string {
  const message = fieldOf(fieldOf(body, 'error'), 'message')
  return typeof message === 'string' ? message.slice(0, 10_000) : ''
}
