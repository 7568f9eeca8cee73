import type { Conversation } from '../conversation/conversation.js'
import { Findings, type RequestRefusal, type StateNeed } from '../conversation/findings.js'
import type { Target } from '../conversation/target.js'
import { toolNamesOf } from '../conversation/tool-names.js'
import { isObject, type JsonObject } from '../json/json-value.js'
import type { AnswerContext } from './answer-context.js'
import { type DialectName, dialects, type Wires } from './dialects.js'

/** The result of translating a request. */
export type RequestTranslation<To extends DialectName> =
  | {
      readonly ok: true
      readonly request: Wires[To]['request']
      /**
       * Fields that could not be carried over, by their names in the client's dialect; ASCII, bounded, valid in a
       * header.
       */
      readonly leftOut: readonly string[]
      /** State that the request refers to. The caller decides whether it is available. */
      readonly needsState: readonly StateNeed[]
      /** Context for the translation of the answer. */
      readonly context: AnswerContext
    }
  | { readonly ok: false; readonly refusal: RequestRefusal }

/**
 * Translates a request, given as parsed JSON, into another dialect for one vendor. Fields that the other dialect lacks
 * are left out and listed; a request that requires them is refused. Never throws.
 */
export function translateRequest<To extends DialectName>({
  from,
  to,
  body,
  target,
}: {
  readonly from: DialectName
  readonly to: To
  readonly body: unknown
  readonly target: Target
}): RequestTranslation<To> {
  const invalid = { field: 'body', code: 'invalid' as const, message: 'The body must be a JSON object.' }
  if (!isObject(body)) return { ok: false, refusal: invalid }
  const findings = new Findings()
  const conversation = dialects[from].readRequest(body, findings)
  const early = findings.refusal
  if (early !== null) return { ok: false, refusal: early }
  const request = dialects[to].writeRequest(conversation, target, findings)
  const { refusal, leftOut, needsState } = findings
  if (refusal !== null) return { ok: false, refusal }
  return { ok: true, request, leftOut, needsState, context: contextOf(from, conversation, body) }
}

function contextOf(
  from: DialectName,
  { model, tools, settings }: Conversation,
  request: JsonObject,
): AnswerContext {
  const hasTools = tools.length > 0
  return {
    model: model ?? '',
    toolNames: toolNamesOf(tools),
    request,
    // Clients that did not request reasoning may read the first block as the text. With tools, the vendor may require
    // the reasoning in the next round.
    showsThinking: from !== 'messages' || settings.wantsThoughts === true || hasTools,
    wantsUsage: settings.wantsUsage,
  }
}
