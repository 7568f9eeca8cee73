import { credentialRules } from './credential-rules.js'
import { moneyRules } from './money-rules.js'
import type { RefusalRule } from './refusal-rule.js'

/** A quota of a plan or free tier, at a status other than that of a rate limit. */
const quotaWords =
  /\b(?:hourly|daily|weekly|monthly)\b[^.\n]{0,40}\b(?:quota|limit|allowance)\b[^.\n]{0,30}\b(?:reached|exceeded|exhausted|used up)|\b(?:reached|exceeded|exhausted|used up|hit)\b[^.\n]{0,40}\b(?:hourly|daily|weekly|monthly)\b[^.\n]{0,30}\b(?:quota|limit|allowance)\b|\brate limit (?:exceeded|reached)|\b(?:exceeded|reached|hit)\b[^.\n]{0,40}\brate limit\b/i
/** The same where permission is denied: Azure API Management and Google's older services. */
const deniedQuotaWords =
  /\bout of [\w ]{1,40}\bquota\b|\bquota\b[^.\n]{0,60}\b(?:exceeded|exhausted|used up|reached)\b|\b(?:exceeded|exhausted|used up)\b[^.\n]{0,30}\bquota\b|\btoo many requests\b|\b(?:requests?|calls?|tokens?) limit (?:has been |is |was )?(?:reached|exceeded)\b|\bexceeded\b[^.\n]{0,30}\bnumber of (?:requests|calls|tokens)\b/i

/**
 * Default rules, applied after a vendor's own. Order matters: money and credentials are recognised by names and words
 * before the status, money first, since accounts are suspended for lack of it. Sources (looked up 2026-11-25):
 * https://api-docs.deepseek.com/quick_start/error_codes, https://www.developersdigest.tech/errors/api/openrouter, and
 * the recorded answers in tests/fixtures. Of money and keys (2026-11-28):
 * https://github.com/MiniMax-AI/MiniMax-M2/issues/62, https://github.com/continuedev/continue/issues/11443,
 * https://github.com/amd/gaia/issues/3766, https://github.com/infiniflow/ragflow/issues/1552,
 * https://github.com/ChatGPTNextWeb/NextChat/issues/2782, https://github.com/google/generative-ai-docs/issues/356.
 */
export const usualRules: readonly RefusalRule[] = [
  ...moneyRules,
  ...credentialRules,
  { statuses: [402], kind: 'billing', models: '*' },
  // Groq's answer if its flexible tier lacks capacity.
  { statuses: [498], kind: 'shared_capacity' },
  {
    statuses: [413, 429],
    says: /request (?:is )?too large|request entity too large/i,
    kind: 'too_large',
  },
  { statuses: [413], kind: 'too_large' },
  {
    statuses: [429],
    names: [
      'overloaded_error',
      'engine_overloaded',
      'engine_overloaded_error',
      'queue_exceeded',
      'model_capacity_exhausted',
      'capacity_exceeded',
      'nocapacity',
      'serveroverloaded',
      'system_busy',
      'resource_unavailable',
    ],
    kind: 'shared_capacity',
  },
  {
    statuses: [429],
    says: /capacity exceeded|at (?:\w+ )?capacity|no capacity|out of capacity|overload|(?:high|heavy) (?:traffic|demand|load)|temporarily rate-limited upstream|\b(?:too|is|model|server|system) busy|访问量过大|负载.{0,4}饱和|繁忙|过载/i,
    kind: 'shared_capacity',
  },
  { statuses: [400, 403], states: quotaWords, kind: 'rate' },
  // Alibaba's answer to a burst, which routers pass on with 400.
  { statuses: [400, 403], states: /\brequest rate increased too quickly\b/i, kind: 'rate' },
  { statuses: [403], states: deniedQuotaWords, kind: 'rate' },
  { statuses: [403], names: ['dailylimitexceeded'], kind: 'rate', period: 'day' },
  { statuses: [403], names: ['ratelimitexceeded', 'userratelimitexceeded', 'quotaexceeded'], kind: 'rate' },
  { statuses: [429], kind: 'rate' },
]
