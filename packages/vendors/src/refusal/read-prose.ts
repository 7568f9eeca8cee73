import { scaleUp } from '../read/decimal.js'
import type { SignalMetric } from '../signals/limit-signal.js'
import { type Period, periodOfLength } from '../signals/signal-window.js'
import type { QuotaFacts } from './quota-facts.js'

/** Also `1.5M`, and groups of three digits apart from `.`, which may be a decimal point. */
const count = String.raw`~?((?:\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+|\d{1,16})(?![\d,]*\d)(?:\.\d{1,9})?(?:[kmb](?![a-z\d]))?)`
const limitForm = new RegExp(String.raw`\b(?:limit(?:\s+of|\s+is|ed to)?:?|can only afford)\s+${count}`, 'i')
const usedForm = new RegExp(String.raw`\b(?:used|current):?\s+${count}`, 'i')
/** xAI's figures. */
const actualForm = new RegExp(String.raw`\(actual/limit\):\s+${count}/${count}`, 'i')
const requestedForm = new RegExp(String.raw`\brequested:?(?:\s+up to)?\s+${count}`, 'i')

/** `TPM`, `RPD` and the like, in brackets. */
const acronymForm = /\((ITP|OTP|TP|RP|ASP|AS)([SMHD])\)/
/** The same in a sentence, `exceeds QPM limit`. */
const bareAcronymForm = /\b(ITP|OTP|TP|RP|QP)([SMHD])\b/g
const acronymMetrics: Readonly<Record<string, SignalMetric>> = {
  RP: 'requests',
  QP: 'requests',
  TP: 'tokens',
  ITP: 'inputTokens',
  OTP: 'outputTokens',
  ASP: 'audioSeconds',
  AS: 'audioSeconds',
}
const acronymPeriods: Readonly<Record<string, Period>> = { S: 'second', M: 'minute', H: 'hour', D: 'day' }

const units = 's(?:ec(?:ond)?s?)?|min(?:ute)?s?|h(?:(?:ou)?rs?)?|days?|weeks?'
/** Google writes it within a name: `requests_per_minute_per_project`. */
const periodForm = new RegExp(
  String.raw`(?:\bper[\s-]+|_per_|\/\s*|\b(?:requests?|tokens?|calls?|messages?|queries) (?:an?|each|every) )(?:(\d{1,7})\s*(${units})(?![a-z\d])|(s(?:ec(?:ond)?)?|min(?:ute)?|h(?:ou)?r|day|week|month)s?(?![a-z]))`,
  'i',
)
const quotas = '(?:window|period|limit|quota|cap|allowance)'
/** `5-hour limit`, `24 hour rolling window`, and behind the limit, `limit reached for 5 hour`. */
const windowForm = new RegExp(
  String.raw`\b(?:(\d{1,3})[\s-]?(${units}|d)[\s-](?:(?:rolling|sliding|usage|request|message|session|token|rate|free) ){0,2}${quotas}\b|${quotas} (?:reached|exceeded|exhausted) for (\d{1,3})[\s-]?(${units})\b)`,
  'i',
)
/**
 * Not any `today`: Groq's messages end with an offer to upgrade today. A limit that is `weekly/monthly` may be either.
 */
const adverbForm = new RegExp(
  String.raw`\b(hourly|daily|weekly(?!\s?\/)|monthly|(?:for|of) today|today['’]s|(?:again|until) tomorrow|(?:for|of) this week|(?:again|until) next (?:week|month)|(?<!\d[\s-]?)(?:hour|day|week|month)(?= (?:\w+ )?${quotas}\b))\b`,
  'i',
)
const adverbUnits: readonly (readonly [RegExp, string])[] = [
  [/hour/i, 'h'],
  [/month/i, 'month'],
  [/week/i, 'w'],
  [/./, 'd'],
]
/** In Chinese: `每分钟`, `5 小时的使用上限`, `今日`. */
const chineseForm =
  /(\d{1,3})\s*个?\s*(秒|分钟|小时|天|周)(?:内|的)|(?:每|本|当)(秒|分钟|小时|天|日|周|月)|今(天|日)/
const chineseUnits: Readonly<Record<string, string>> = {
  ...{ 秒: 's', 分钟: 'm', 小时: 'h', 天: 'd', 日: 'd', 周: 'w', 月: 'month' },
}
/** By the first letter of a unit. */
const secondsOfUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

const metricForms: readonly (readonly [RegExp, SignalMetric])[] = [
  [/\binput[\s_-]tokens?\b/i, 'inputTokens'],
  [/\boutput[\s_-]tokens?\b/i, 'outputTokens'],
  [/\bseconds of audio\b/i, 'audioSeconds'],
  [/\b(?:tokens? (?:per|rate|limit)|on tokens|tokens?\s*\/|input_token_count)/i, 'tokens'],
  [
    /\b(?:requests?|queries|calls?) (?:per|rate|limit|\/)|\bon requests|_requests\b|UserBy|-per-(?:day|min)/i,
    'requests',
  ],
  [/\btokens?\b/i, 'tokens'],
]

const modelForms: readonly RegExp[] = [
  /\bfor model `([^`\s]{1,200})`/,
  /\bfor ([^\s`]{1,200}) in organization\b/,
  /\bmodel: ([\w./:@-]{1,200})/,
  /\bfor model ([\w./:@-]{1,200})/,
]
const organizationForms: readonly RegExp[] = [
  /\bin organization `?([\w-]{1,100})/,
  /\borg: ([\w-]{1,100})/,
  /\bfor your organization \(([\w-]{1,100})\)/,
]

/**
 * Reads the limit from a message for people, as worded by Groq, OpenAI, Azure, Anthropic, Gemini, Cerebras, Cohere,
 * GitHub Models and others. Null if not stated. Takes linear time; the message has bounded length.
 */
export function readProse(message: string): Omit<QuotaFacts, 'waitMs' | 'returnMs'> {
  const acronym = acronymForm.exec(message)
  const bare = onlyAcronym(message)
  const [, actual, actualLimit] = actualForm.exec(message) ?? []
  return {
    metric:
      acronymMetrics[acronym?.[1] ?? ''] ??
      metricForms.find(([form]) => form.test(message))?.[1] ??
      acronymMetrics[bare?.[1] ?? ''] ??
      null,
    ...readWindow(message, acronym?.[2], bare?.[2]),
    limit: readCount(limitForm, message) ?? countOf(actualLimit),
    used: readCount(usedForm, message) ?? countOf(actual),
    requested: readCount(requestedForm, message),
    model: firstGroup(modelForms, message),
    organization: firstGroup(organizationForms, message),
  }
}

type StatedWindow = Pick<QuotaFacts, 'period' | 'lengthMs'>

/** An acronym in brackets says most, one in a sentence least. */
function readWindow(
  message: string,
  acronym: string | undefined,
  bareAcronym: string | undefined,
): StatedWindow {
  const inBrackets = acronymPeriods[acronym ?? ''] ?? null
  if (inBrackets !== null) return { period: inBrackets, lengthMs: null }
  return readWords(message) ?? { period: acronymPeriods[bareAcronym ?? ''] ?? null, lengthMs: null }
}

function readWords(message: string): StatedWindow | null {
  const [, number, unit = '', word] = periodForm.exec(message) ?? []
  if (number !== undefined) return windowOfUnits(number, unit)
  if (word !== undefined) return windowOfUnits('1', word)
  const [, hours, hourUnit, behind, behindUnit] = windowForm.exec(message) ?? []
  const length = hours ?? behind
  if (length !== undefined) return windowOfUnits(length, hourUnit ?? behindUnit ?? '')
  const [adverb] = adverbForm.exec(message) ?? []
  if (adverb !== undefined)
    return windowOfUnits('1', adverbUnits.find(([form]) => form.test(adverb))?.[1] ?? 'd')
  const [said, count, ...unitsSaid] = chineseForm.exec(message) ?? []
  if (said === undefined) return null
  return windowOfUnits(count ?? '1', chineseUnits[unitsSaid.find(name => name !== undefined) ?? ''] ?? '')
}

function windowOfUnits(number: string, unit: string): StatedWindow | null {
  const name = unit.toLowerCase()
  if (name.startsWith('mo')) return { period: 'month', lengthMs: null }
  const lengthMs = Number(number) * (secondsOfUnit[name.charAt(0)] ?? 0) * 1_000
  if (lengthMs === 0) return null
  const period = periodOfLength(lengthMs)
  return { period, lengthMs: period === null ? lengthMs : null }
}

/** Null if the message has several: which of them is exceeded is not said. */
function onlyAcronym(message: string): RegExpMatchArray | null {
  const [first, ...others] = message.matchAll(bareAcronymForm)
  return first !== undefined && others.every(([text]) => text === first[0]) ? first : null
}

function readCount(form: RegExp, message: string): number | null {
  return countOf(form.exec(message)?.[1])
}

/** Null for a fraction, and for `1.000`, which may be a thousand. */
function countOf(text: string | undefined): number | null {
  const [, whole = '', fraction = '', suffix = ''] =
    /^([^.a-z]+)(?:\.(\d+))?([kmb])?$/i.exec(text ?? '') ?? []
  const digits = whole.replaceAll(/\D/g, '')
  if (digits === '' || (suffix === '' && (fraction.length === 3 || !/^0*$/.test(fraction)))) return null
  return scaleUp(`${digits}.${fraction || '0'}`, suffixPowers[suffix.toLowerCase()] ?? 0)
}

const suffixPowers: Readonly<Record<string, number>> = { k: 3, m: 6, b: 9 }

function firstGroup(forms: readonly RegExp[], message: string): string | null {
  const found = forms.map(form => form.exec(message)?.[1]).find(group => group !== undefined)
  // A final point is not part of the name.
  return found?.replace(/[.,:]+$/, '') ?? null
}
