import type { SignalMetric } from '../signals/limit-signal.js'
import { type Period, periodOfLength } from '../signals/signal-window.js'
import type { QuotaFacts } from './quota-facts.js'

const count = String.raw`~?(\d{1,3}(?:,\d{3})+|\d{1,16})(?![\d,]*\d)`
const limitForm = new RegExp(String.raw`\b(?:limit(?:\s+of|\s+is|ed to)?:?|can only afford)\s+${count}`, 'i')
const usedForm = new RegExp(String.raw`\b(?:used|current):?\s+${count}`, 'i')
const requestedForm = new RegExp(String.raw`\brequested:?(?:\s+up to)?\s+${count}`, 'i')

/** `TPM`, `RPD` and the like, in brackets. */
const acronymForm = /\((ITP|OTP|TP|RP|ASP|AS)([SMHD])\)/
const acronymMetrics: Readonly<Record<string, SignalMetric>> = {
  RP: 'requests',
  TP: 'tokens',
  ITP: 'inputTokens',
  OTP: 'outputTokens',
  ASP: 'audioSeconds',
  AS: 'audioSeconds',
}
const acronymPeriods: Readonly<Record<string, Period>> = { S: 'second', M: 'minute', H: 'hour', D: 'day' }

const periodForm =
  /(?:\bper[\s-]+|\/\s*)(?:(\d{1,7})\s*s(?:ec(?:ond)?s?)?\b|(s(?:ec(?:ond)?)?|min(?:ute)?|h(?:ou)?r|day|month)s?\b)/i
const adverbForm = /\b(hourly|daily|monthly)\b/i
const adverbPeriods: Readonly<Record<string, Period>> = { hourly: 'hour', daily: 'day', monthly: 'month' }

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
  return {
    metric:
      acronymMetrics[acronym?.[1] ?? ''] ?? metricForms.find(([form]) => form.test(message))?.[1] ?? null,
    period: acronymPeriods[acronym?.[2] ?? ''] ?? readPeriod(message),
    limit: readCount(limitForm, message),
    used: readCount(usedForm, message),
    requested: readCount(requestedForm, message),
    model: firstGroup(modelForms, message),
    organization: firstGroup(organizationForms, message),
  }
}

function readPeriod(message: string): Period | null {
  const [, seconds, word] = periodForm.exec(message) ?? []
  if (seconds !== undefined) return periodOfLength(Number(seconds) * 1_000)
  if (word !== undefined) return periodOfWord(word.toLowerCase())
  return adverbPeriods[adverbForm.exec(message)?.[1]?.toLowerCase() ?? ''] ?? null
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
  const digits = form.exec(message)?.[1]?.replaceAll(',', '')
  const value = digits === undefined ? Number.NaN : Number(digits)
  return Number.isSafeInteger(value) ? value : null
}

function firstGroup(forms: readonly RegExp[], message: string): string | null {
  const found = forms.map(form => form.exec(message)?.[1]).find(group => group !== undefined)
  // A final point is not part of the name.
  return found?.replace(/[.,:]+$/, '') ?? null
}
