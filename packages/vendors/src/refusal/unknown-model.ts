import { withoutQuotedSentences } from '../read/without-quotations.js'
import { readError } from './error-facts.js'

/** Statuses at which vendors report an unknown model. */
const statuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422])

/** Names of the error. */
const codes: ReadonlySet<string> = new Set([
  'model_not_found',
  'model_not_supported',
  'model_not_available',
  'model_decommissioned',
  'unknown_model',
  'invalid_model',
  'deploymentnotfound',
  // Of an organization or project at Groq, and of a key at LiteLLM.
  'model_permission_blocked_org',
  'model_permission_blocked_project',
  'model_terms_required',
  'key_model_access_denied',
  // Of Alibaba and Volcengine.
  'model.accessdenied',
  'accessdenied.unpurchased',
  'modelnotopen',
  'unsupportedmodel',
  'invalidendpointormodel.notfound',
  'invalidendpointormodel.modelidaccessdisabled',
])

/** What belongs to a model or comes from it, and is not its name. */
const parts =
  '(?:outputs?|responses?|answers?|repl(?:y|ies)|results?|messages?|tools?|tool_calls?|calls?|functions?|files?|contexts?|requests?|prompts?|inputs?|param(?:eter)?s?|settings?|options?|arguments?|config(?:uration)?|schemas?|formats?|types?|cards?|cache|data|endpoints?|adapters?|weights?|tokens?|images?|content)'
/** Words that begin another clause. */
const clauses =
  '(?:and|or|but|that|which|whose|is|was|are|were|has|have|had|does|do|did|not|to|for|in|from|with|by|of|on|at|as|if|because|since|cannot|can|could|may|must|should|will|would|calls|called|returned|returns|requested|requests|requires|generated|used|uses|produced|emitted|invoked|tried|wants|wanted|mentioned)'
const name = String.raw`(?:["'\x60“(\[]\S{1,200}?["'\x60”)\]]|(?!(?:${parts}|${clauses})\b)[^\s"'\x60“,;()]{1,200})`
const belonging = String.raw`(?: (?:for|on|at|in) \S{1,80}(?: \S{1,80}){0,2}| you (?:have )?(?:requested|specified|selected))?`
const missing =
  "(?:(?:does not|doesn['’]t|not) exist|(?:(?:is|was) )?not found|(?:could not|cannot|can not) be found|has been decommissioned)"
const determiner = '(?:(?:the|this|that|your|a|any|each) )?(?:[\\w-]+ )?'

/** Messages without such a code: that a model is missing, by its name or not, rather than something of a model. */
const sayings: readonly RegExp[] = [
  String.raw`(?<!\b(?:by|from|in|of|with) ${determiner})\bmodels?(?: or endpoint)?[ :=/]{1,3}(?:(?:with|named|called|id|name|version)[ :=]{1,3}){0,3}${name}${belonging},? ${missing}\b`,
  String.raw`(?<!\b(?:by|from|for|in|of|to|with|on) ${determiner})\bmodels?(?: (?:id|name))?${belonging},?[ :]{1,2}${missing}\b`,
  String.raw`\b(?:unknown|no such|invalid) model\b(?! ${parts}\b)`,
  String.raw`\bis not a valid model\b(?! ${parts}\b)`,
  String.raw`\bno endpoints found for\b`,
  // The account's privacy settings at OpenRouter exclude all that serve the model.
  String.raw`\bno endpoints (?:found|available) matching your (?:[\w ]{1,40} and )?data policy\b`,
  // NVIDIA.
  String.raw`\bfunction(?: ${name})?: not found for account\b|\bfunction not found for account\b`,
  String.raw`\bmodel ${name} has reached its end of life\b`,
  String.raw`\bmodel ${name} is no longer available\b`,
  '模型.{0,40}不存在',
].map(saying => new RegExp(saying, 'i'))

/** The key may not call the model. */
const accessSayings: readonly RegExp[] = [
  String.raw`\b(?:do(?:es)?(?: not|n['’]t)) have (?:access|permission) to (?:use )?(?:the |this )?(?:requested )?model\b`,
  String.raw`\bnot (?:allowed|authori[sz]ed|permitted) to (?:access|use|call) (?:the |this )?(?:requested )?model\b`,
  String.raw`\bthis model (?:is|are) not available (?:for|to|in|on) your (?:account|organi[sz]ation|team|plan|tier|subscription|key)\b`,
  String.raw`\bendpoints for this model are not available for your account\b`,
  String.raw`\bthis model requires (?:an? )?(?:\w+ )?(?:subscription|plan)\b`,
  '无权(?:限)?(?:访问|使用|调用).{0,4}模型',
  // OpenCode, with 401.
  `^model ${name} (?:is )?not supported$`,
].map(saying => new RegExp(saying, 'i'))

/** In the words of Anthropic for keys, of xAI for teams, and of AWS. */
const permissionSaying =
  /\b(?:key|team|project|organi[sz]ation|account) (?:(?:does not|doesn['’]t) have (?:the )?(?:\w+ )?permissions? to|is not (?:authori[sz]ed|permitted|allowed) to)\b|\barn:aws:\S{1,200} is not authorized to perform\b/i

/** Anthropic states only the kind and, after a colon, the model. */
const namedOnly = /^model: \S+$/m

/**
 * Whether the vendor does not know the model or does not serve it to this key; another model may still work. False for
 * a bare 404, which may be a wrong address, and for text of the request that an error quotes. Never throws.
 */
export function isUnknownModelError(httpStatus: number, body: unknown): boolean {
  if (!statuses.has(httpStatus)) return false
  const { names, ownMessage } = readError(body)
  if ([...names].some(name => codes.has(name))) return true
  const statement = withoutQuotedSentences(ownMessage)
  if (httpStatus === 401 || httpStatus === 403) return accessSayings.some(saying => saying.test(statement))
  return namedOnly.test(statement) || sayings.some(saying => saying.test(statement))
}

/**
 * Whether the key, or who owns it, lacks the permission for a call, for no reason that other rules know, such as missing
 * money: another key may have it. Never throws.
 */
export function lacksPermission(httpStatus: number, body: unknown): boolean {
  return httpStatus === 403 && permissionSaying.test(withoutQuotedSentences(readError(body).ownMessage))
}
