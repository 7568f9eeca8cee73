export type { WireError } from './answer/wire-error.js'
export type * from './chat/chat-wire.js'
export type { RequestRefusal, StateNeed } from './conversation/findings.js'
export type { Target } from './conversation/target.js'
export type * from './messages/messages-wire.js'
export { compactionRemedy } from './responses/compaction-remedy.js'
export type { ResponsesErrorBody } from './responses/responses-error.js'
export type * from './responses/responses-wire.js'
export type { AnswerContext } from './translation/answer-context.js'
export type { DialectName, Wires } from './translation/dialects.js'
export {
  type AnswerOptions,
  type AnswerTranslation,
  StreamTranslator,
  translateAnswer,
} from './translation/translate-answer.js'
export { readWireError, writeWireError } from './translation/translate-error.js'
export { type RequestTranslation, translateRequest } from './translation/translate-request.js'
export { withoutCarried } from './translation/without-carried.js'
