import type { RefusalRule } from './refusal-rule.js'

/** Words for a key or its owner. */
const owner =
  '(?:account|organi[sz]ation|org|project|workspace|team|tenant|consumer|membership|user|(?:api|access|auth|secret|service|subscription)[ _-]?(?:key|token)s?|oauth token|(?<=\\b(?:your|this|the) )key|credentials?)'
/** `The parameter user is not active` does not refer to a user. */
const notNamed = String.raw`(?<!\b(?:parameter|field|argument|property|option|header|function|tool|value|variable)s? )`
/** Words between owner and state that give the sentence another subject. */
const elsewhere =
  '(?:messages?|roles?|models?|features?|endpoints?|regions?|countr(?:y|ies)|deployments?|functions?|tools?|parameters?|requests?|contents?|prompts?|outputs?|images?|files?|which|that|does|do|not|can|cannot)'
const state =
  '(?:suspended|terminated|deactivated|de-activated|disabled|banned|revoked|deleted|leaked|compromised|exposed|expired|locked|frozen|closed|cancel?led|inactive|(?:not|no longer) (?:active|valid)|denied access|on hold|under suspension|shut (?:down|off)|pending (?:review|deletion)|(?:restricted|blocked|barred)(?! (?:to|for|in|on|from (?!(?:using|accessing) (?:the|our|this) (?:api|service|platform)))))'
const being =
  '(?:(?:has|have) been|was|were|is|are)(?: (?:being|currently|temporarily|permanently|automatically|reported as|flagged as|marked as|detected as|found to be|already|now|\\w+ and)){0,3}'

/** A sentence stating that the key or its owner is barred. The state must not be that of a model or a feature. */
const shutOutWords: RegExp = new RegExp(
  [
    String.raw`${notNamed}\b${owner}\b(?:\s+(?!${elsewhere}\b)[^\s.]{1,80}){0,8}?\s+${being} ${state}\b(?! (?:for|on|in|at|from|by) (?:this|the|that|your|all) (?:\w+ )?(?:models?|features?|regions?|endpoints?|operations?|requests?|methods?|parameters?|deployments?)\b)`,
    String.raw`(?:^|[:.!] ?|\b(?:with|to|from|by|on|of|for|your|is) (?:an? |the )?)(?:deactivated|suspended|banned|disabled|terminated|frozen|revoked|expired|leaked|inactive|closed|locked) (?:\w+ )?${owner}\b`,
    String.raw`\b(?:api[ _-]?key|account)\b[^.\n]{0,80}\b(?:exposed|leaked|compromised)\b`,
    String.raw`\baccess(?: to (?:the|our|this) (?:\w+ )?(?:api|service|platform))? (?:has been|was|is)(?: \w+ly)? (?:suspended|terminated|revoked|deactivated)\b`,
    String.raw`\b(?:your|api|all|their) access(?: to (?:the|our|this) (?:\w+ )?(?:api|service|platform))?(?: (?:has been|was|is))?(?: \w+ly)? (?:suspended|terminated|revoked|disabled|deactivated|blocked)\b`,
    String.raw`\b(?:account|organi[sz]ation|api[ _-]key|access token) (?:suspended|deactivated|disabled|banned|revoked|terminated|locked|frozen|blocked)\b`,
    String.raw`\b(?:suspended|terminated|deactivated|disabled|banned|revoked|blocked|locked|closed|withdrawn) (?:access (?:for|to|of|by) )?(?:your|this|the) (?:\w+ )?${owner}\b`,
    String.raw`\bunregistered callers?\b`,
    '(?:(?:账[户号]|密钥|api[ _-]?key).{0,8}|用户已?被?)(?:封禁|停用|冻结|锁定|禁用)|令牌.{0,10}(?:过期|无效|失效|禁用)|无效的?(?:令牌|密钥)',
  ].join('|'),
  'i',
)

/** The statuses at which vendors report invalid keys. */
const statuses = [400, 401, 403, 429]

/** A bar that ends by itself, or whose cause is the rate of calls. */
const passingWords =
  /\btemporar(?:y|ily)\b|\b(?:too many|excessive|excess) (?:\w+ )?(?:requests|calls|attempts|queries|logins)\b|\btoo (?:fast|quickly|often|frequent(?:ly)?)\b|\brate[- ]?limit/i
/** Within one line, since a title such as `Too Many Requests` states only the status. */
const passingShutOutWords: RegExp = new RegExp(
  `^(?=.*(?:${passingWords.source})).*(?:${shutOutWords.source})`,
  'im',
)
const passing = { statuses, statesWait: true, kind: 'rate', models: '*' } as const

const badKeyWords =
  /\bapi[ _-]?key (?:is )?(?:not valid|not found|invalid|incorrect|expired|missing|(?:does not|doesn['’]?t|no longer) exists?)|\b(?:unknown|no such) api[ _-]?key|\bcould not validate credentials|\b(?:invalid|incorrect|wrong|malformed) (?:\w+ )?(?:api[ _-]?key|api token|auth(?:entication|orization)? (?:token|key|credentials?)|credentials?)\b/i

const shutOutNames: RegExp =
  /^(?:.*[_.])?(?:account|organi[sz]ation|org|api_?key|key|consumer|user|project|team|token)_?(?:is_)?(?:deactivated|disabled|suspended|restricted|terminated|banned|blocked|revoked|expired|leaked|locked|frozen|inactive)(?:_error)?$|^access_?terminated(?:_error)?$|^api_key_.*(?:blocked|invalid|expired)$/

const shutOutRemedy =
  'the vendor has blocked this key or its account: read its message, contact its support, or set another key'

/** How vendors report an unusable key: never valid, revoked, or of a barred account. */
export const credentialRules: readonly RefusalRule[] = [
  { ...passing, named: shutOutNames, says: passingWords },
  { ...passing, states: passingShutOutWords },
  { statuses, named: shutOutNames, kind: 'bad_credential', models: '*', remedy: shutOutRemedy },
  { statuses, states: shutOutWords, kind: 'bad_credential', models: '*', remedy: shutOutRemedy },
  {
    statuses: [400, 401, 403],
    names: [
      'invalid_api_key',
      'incorrect_api_key',
      'wrong_api_key',
      'api_key_invalid',
      'api_key_expired',
      'invalidapikey',
      'access_token_expired',
      'access_token_type_unsupported',
      'consumer_invalid',
      'access_token_scope_insufficient',
    ],
    kind: 'bad_credential',
    models: '*',
  },
  { statuses: [400, 403], states: badKeyWords, kind: 'bad_credential', models: '*' },
  {
    statuses: [403],
    states:
      /\binvalid (?:\w+ )?token\b|\btoken\b[^.\n]{0,40} is (?:invalid|expired|malformed)\b|\bnot authenticated\b|\bauth(?:entication|ori[sz]ation) (?:has )?failed\b|\btoken\b[^.\n]{0,40}\bis expired\b|\b(?:bad or )?missing (?:api[ _-]?(?:key|token)|credentials?)\b/i,
    kind: 'bad_credential',
    models: '*',
  },
  {
    statuses: [401, 403],
    states:
      /\b(?:unusual|suspicious|abusive) activity (?:was |has been )?detected\b|\bdetected (?:unusual|suspicious|abusive) activity\b/i,
    kind: 'bad_credential',
    models: '*',
    remedy: shutOutRemedy,
  },
  // A bare 401 may come from a proxy: only words about the key confirm that the key is invalid.
  {
    statuses: [401],
    says: /\bkeys?\b|api[ _-]?key|credential|authenticat|authori[sz]|token|password|bearer|\bjwt\b|signature|user not found|\blog(?:ged)?[ -]?in\b|鉴权|认证|身份|密钥|令牌/i,
    kind: 'bad_credential',
    models: '*',
  },
  {
    statuses: [401],
    names: ['authentication_error', 'unauthenticated', 'unauthorized'],
    kind: 'bad_credential',
    models: '*',
  },
]
