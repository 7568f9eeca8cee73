import type { RefusalRule } from './refusal-rule.js'

const money = '(?:balance|credits?|funds|money)'
const none =
  "(?:\\b(?:insufficient|not enough|no (?:more|remaining|available)?|zero|negative|out of|(?:used|spent|consumed|exhausted) (?:up )?(?:all )?(?:of )?(?:your|the|its|all)?|depleted)|(?:\\bnot|n['’]?t|\\bno longer) have (?:enough|sufficient|any))"
const spent =
  '(?:insufficient|too low|exhausted|depleted|run out|used up|not enough|not sufficient|negative|empty|expired|zero|below zero|overdrawn)'
const cap =
  '(?:(?:spend(?:ing)?|credit|billing|budget|cost|prepaid|payment)[ _-](?:hard |soft )?(?:limits?|cap|quota|threshold|allowance)|(?:hourly|daily|weekly|monthly|total|maximum|max) (?:budget|spend(?:ing)?|cost))'
/** Within the same sentence; a point may belong to a number. */
const near = String.raw`(?:[^.\n]|\.\d){0,60}`
const over = '(?:reached|reaching|exceeded|exceeds|hit|used up|exhausted)'

/**
 * Words for spent money at any vendor: an insufficient balance, credit or funds, a reached spending limit. Not Gemini's
 * `check your plan and billing details`, which it also sends for limits per minute.
 */
const creditWords: RegExp = new RegExp(
  [
    String.raw`${none}\s?(?:[\w-]+ ){0,3}${money}\b(?! (?:card|to (?:tokens|words)))`,
    String.raw`\b${money}\b(?: [\w-]+){0,4} ${spent}\b`,
    String.raw`\b${cap}\b${near}\b${over}\b`,
    String.raw`\b${over}\b${near}\b${cap}\b`,
    String.raw`\b0 ${money} (?:remaining|left)\b|\bexceeded\w{0,12}budget\b`,
    String.raw`\bbalance (?:is |of |: ?)?(?:-\s?[$¥€]?\d|[$¥€]?0(?:\.0{1,9})?(?![.\d]))`,
    String.raw`\b(?:user|token|account) quota (?:is )?(?:not enough|insufficient|exhausted)\b|\binsufficient (?:user |account |token )?quota\b`,
    '余额不足|欠费|额度不足|额度已用尽',
  ].join('|'),
  'i',
)

/** Words for a bill: a payment due, an account to top up. */
const billWords: RegExp = new RegExp(
  [
    String.raw`\bbilling to be enabled\b|\benable billing\b|\bpayment (?:is )?(?:required|overdue|failed)\b|\bbilling (?:is )?(?:not active|not enabled|inactive|disabled)\b`,
    String.raw`\b(?:account|subscription)\b[^.\n]{0,60}\b(?:in arrears|overdue|past due|unpaid|delinquent|good standing)\b|\boverdue account\b|\bunpaid (?:invoices?|bills?|balance)\b`,
    String.raw`\bpay (?:your )?past invoices\b|\bfailure to pay\b|\bnot active\b[^.\n]{0,20}\bcheck your billing\b`,
    String.raw`\b(?:no|without an?) active (?:subscription|plan|billing)\b|\bno (?:valid )?payment method\b|\bcard (?:was |has been )?declined\b`,
    String.raw`\b(?:subscription|trial)(?: \w+)? (?:has |is |was )?(?:expired|ended|over|inactive|not active|cancel?led|lapsed)\b`,
    String.raw`\b(?:plan|package) has (?:expired|ended|lapsed)\b|\bbill is overdue\b|套餐.{0,6}(?:过期|到期)`,
  ].join('|'),
  'i',
)

/** What to do about missing money. Beside a rate limit it is an offer of a higher one. */
const adviceWords: RegExp = new RegExp(
  [
    String.raw`\bplease (?:recharge|top[ -]?up)\b|\b(?:recharge|top[ -]?up) your (?:account|balance|credits?)\b`,
    String.raw`\b(?:add|purchase|buy) (?:more |additional |some )?(?:credits?|funds)\b|\badd a (?:valid )?payment method\b`,
    '充值',
  ].join('|'),
  'i',
)
const rateLimitWords: RegExp =
  /\brate[- ]?limit|\btoo many requests\b|\b(?:requests?|tokens?|calls?) (?:per|limit)\b|\bper (?:second|min(?:ute)?|hour|day)\b|\b(?:hourly|daily)\b[^.\n]{0,30}\blimit\b|\bor (?:try|retry) again\b/i

const keyCap = '(?:limit|cap|budget|quota|allowance)'

/** A spending limit set by the owner, at a status other than that of a rate limit. */
const usageCapWords: RegExp =
  /\b(?:reached|exceeded|hit)\b[^.\n]{0,40}\busage limits?\b|\busage limits?\b[^.\n]{0,40}\b(?:reached|exceeded|hit)\b|\bregain access\b/i

/** A spending limit of the key itself. */
const keyCapWords: RegExp = new RegExp(
  [
    String.raw`\bkey(?:['’]s)? (?:\w+ ){0,2}${keyCap}(?: \([^)\n]{0,40}\))? (?:has been |was |is )?(?:exceeded|reached|exhausted)`,
    String.raw`\b(?:exceeded|reached|hit) (?:the |its |your |this )?(?:api )?key(?:['’]s)? (?:\w+ ){0,2}${keyCap}`,
    String.raw`\bkey has (?:exceeded|reached|hit|used up) its (?:\w+ ){0,2}${keyCap}`,
    String.raw`\b${keyCap}${near}\b(?:exceeded|reached|exhausted) (?:for|of|on) (?:this |your |the )?(?:api )?key\b`,
  ].join('|'),
  'i',
)
/** Limits of requests or tokens are rate limits. */
const rateWords = /\b(?:rate|requests?|tokens?|calls?|per (?:second|minute|hour))\b/i

/** `NOT_ENOUGH_BALANCE`, and Google's `INSUFFICIENT_G1_CREDITS_BALANCE`. */
const spentNames: RegExp =
  /(?:^|[_.])(?:insufficient|not_?enough)_?(?:\w+_)?(?:balance|credits?|funds|money)(?:_?error)?$/

/** ElevenLabs: `You have 11 credits remaining, while 70 credits are required for this request.` */
const someLeftWords: RegExp =
  /\byou have (?!0\b)[\d,.]{1,15} (?:credits|characters) (?:remaining|left)\b[^.\n]{0,20}\b[\d,.]{1,15} (?:credits|characters) are required\b/i

const keyCapRemedy =
  'the spending limit of this key is reached: raise or remove it at the vendor, or use another key'
const usageCapRemedy =
  'the spending limit set at the vendor is reached: raise it there, or wait until it resets'

/** The statuses at which vendors report missing money. */
const statuses = [400, 401, 402, 403, 412, 429]

/** How vendors refuse a key for lack of money. */
export const moneyRules: readonly RefusalRule[] = [
  {
    statuses: [400, 402, 403],
    states: keyCapWords,
    unless: rateWords,
    kind: 'billing',
    scope: 'provider',
    models: '*',
    remedy: keyCapRemedy,
  },
  {
    names: [
      'insufficient_quota',
      'insufficient_user_quota',
      'billing_not_active',
      'billing_hard_limit_reached',
      'billing_disabled',
      'billing_error',
      'credit_balance_too_low',
      'insufficient_balance',
      'insufficient_balance_error',
      'insufficient_credits',
      'insufficient_funds',
      'enforced_spend_limit_reached',
      'spend_limit_reached',
      'budget_exceeded',
      'payment_required',
      'exceeded_current_quota_error',
      'arrearage',
      'accountoverdueerror',
      'accountoverdue',
      'prepaidbilloverdue',
      'postpaidbilloverdue',
      'usage_not_included',
    ],
    kind: 'billing',
    models: '*',
  },
  { named: spentNames, kind: 'billing', models: '*' },
  // What is left does not suffice for this request, and may for a smaller one.
  { statuses: [401, 402, 403, 429], states: someLeftWords, kind: 'too_large' },
  // The free allowance of one model at Alibaba's DashScope, which does not return.
  { names: ['allocationquota.freetieronly'], kind: 'billing' },
  { statuses, states: creditWords, kind: 'billing', models: '*' },
  { statuses, states: billWords, kind: 'billing', models: '*' },
  { statuses: [429], states: adviceWords, unless: rateLimitWords, kind: 'billing', models: '*' },
  {
    statuses: statuses.filter(status => status !== 429),
    states: adviceWords,
    kind: 'billing',
    models: '*',
  },
  { statuses: [400, 403], states: usageCapWords, kind: 'billing', models: '*', remedy: usageCapRemedy },
]

/** A server error does not concern the key, unless it states that money is spent. */
export const serverFaultRules: readonly RefusalRule[] = [
  { names: ['insufficient_balance', 'insufficient_balance_error'], kind: 'billing', models: '*' },
  { states: creditWords, kind: 'billing', models: '*' },
]
