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

/** Google writes it within a name: `requests_per_minute_per_project`. */
const periodForm =
  /(?:\bper[\s-]+|_per_|\/\s*|\b(?:requests?|tokens?|calls?|messages?|queries) (?:an?|each|every) )(?:(\d{1,7})\s*(s(?:ec(?:ond)?s?)?|min(?:ute)?s?|h(?:ou)?rs?|days?)(?![a-z])|(s(?:ec(?:ond)?)?|min(?:ute)?|h(?:ou)?r|day|month)s?(?![a-z]))/i
const windowForm = /\b(\d{1,3})[\s-]?h(?:ou)?rs?[\s-](?:rolling |sliding )?(?:window|period|limit)\b/i
/** Not any `today`: Groq's messages end with an offer to upgrade today. */
const adverbForm =
  /\b(hourly|daily|monthly|(?:for|of) today|today['’]s|(?:again|until) tomorrow|(?:again|until) next month)\b/i
const adverbPeriods: readonly (readonly [RegExp, Period])[] = [
  [/hour/i, 'hour'],
  [/month/i, 'month'],
  [/./, 'day'],
]
/** By the first letter of a unit. */
const secondsOfUnit: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

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
    period:
      acronymPeriods[acronym?.[2] ?? ''] ?? readPeriod(message) ?? acronymPeriods[bare?.[2] ?? ''] ?? null,
    limit: readCount(limitForm, message) ?? countOf(actualLimit),
    used: readCount(usedForm, message) ?? countOf(actual),
    requested: readCount(requestedForm, message),
    model: firstGroup(modelForms, message),
    organization: firstGroup(organizationForms, message),
  }
}

function readPeriod(message: string): Period | null {
  const [, number, unit = '', word] = periodForm.exec(message) ?? []
  if (number !== undefined) return periodOfUnits(number, unit)
  if (word !== undefined) return periodOfWord(word.toLowerCase())
  const [, hours] = windowForm.exec(message) ?? []
  if (hours !== undefined) return periodOfUnits(hours, 'h')
  const [adverb] = adverbForm.exec(message) ?? []
  return adverb === undefined ? null : (adverbPeriods.find(([form]) => form.test(adverb))?.[1] ?? null)
}

function periodOfUnits(number: string, unit: string): Period | null {
  return periodOfLength(Number(number) * (secondsOfUnit[unit.charAt(0).toLowerCase()] ?? 0) * 1_000)
}

/** Null if the message has several: which of them is exceeded is not said. */
function onlyAcronym(message: string): RegExpMatchArray | null {
  const [first, ...others] = message.matchAll(bareAcronymForm)
  return first !== undefined && others.every(([text]) => text === first[0]) ? first : null
}

function periodOfWord(word: string): Period | null {
  const periods: readonly (readonly [string, Period])[] = [
    ['mo', 'month'],
    ['m', 'minute'],
    ['s', 'second'],
    ['h', 'hour'],
    ['d', 'day'],
  ]
  return periods.find(([start]) => word.startsWith(start))?.[1] ?? null
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
