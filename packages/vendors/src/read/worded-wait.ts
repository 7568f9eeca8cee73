import { withClockDurationsInSeconds } from './clock-duration.js'
import { scaleUp } from './decimal.js'
import { believedWaitMs } from './wait.js'

/** A unit of time in words: how it is written, and its milliseconds as a factor and a power of ten. */
const units: readonly (readonly [string, number, number])[] = [
  ['milliseconds?|millis|msecs?|ms', 1, 0],
  ['microseconds?|us|µs|μs', 1, -3],
  ['nanoseconds?|ns', 1, -6],
  ['seconds?|secs?|s', 1, 3],
  ['minutes?|mins?|m', 60, 3],
  ['hours?|hrs?|h', 3_600, 3],
  ['days?|d', 86_400, 3],
  ['weeks?|wks?|w', 604_800, 3],
  ['months?', 2_592_000, 3],
]
const numbers: Readonly<Record<string, string>> = {
  'half an': '0.5',
  ...{ a: '1', an: '1', one: '1', two: '2', three: '3', four: '4', five: '5', six: '6' },
  ...{ seven: '7', eight: '8', nine: '9', ten: '10' },
}

const unitNames = units.map(([names]) => names).join('|')
/** Digits, also in groups of three: `1,200`. */
const digits = String.raw`(?:\d{1,3}(?:[,'’\u00a0\u202f]\d{3}){1,4}|\d{1,12})`
const numeral = String.raw`(?:${digits}(?:\.\d{1,30})?|(?<![a-z])(?:${Object.keys(numbers).join('|')})(?=[\s-]))`
const numberForm = String.raw`(?<![\d.,])~?${numeral}(?:\s?(?:-|–|—|to)\s?${numeral})?`
/** `Seconds of audio` are a size. */
const unitEnd = String.raw`(?![a-zµμ]|\s(?:of\s)?(?:audio|speech|video|music)\b)`
const part = String.raw`${numberForm}[\s-]{0,3}(?:${unitNames})${unitEnd}`

/** The words before a wait, and the words allowed in between. */
const trigger =
  '(?:again|try(?= after)|retry(?:ing)?|wait(?:ing)?|back|available|resets?|resetting|renews?|renewed|refreshe?s?|refreshed|replenishe?s?|replenished|resumes?|restored|unlocks?|unlocked|lifted|cool-?down|back-?off|(?:limited|blocked|throttled|paused|locked|banned|suspended) for|(?:next|another|more) (?:request|call|attempt)s?(?: allowed)?)'
const filler =
  '(?:in|after|for|within|until|is|about|around|approximately|approx|roughly|another|the|next|up|to|at|least|over|nearly|almost|less|more|than|your|this|requests?|calls?|operation|it|again|later|please|period|time|be|will)'
const waitForm = new RegExp(
  String.raw`\b${trigger}(?:[\s:,(~≈.]{1,3}${filler}\b){0,8}[\s:,(~≈.=]{0,3}(${part}(?:[\s,]{0,3}(?:and\s)?\s?${part}){0,5})`,
  'i',
)
/** The wait first: `30 seconds remaining until reset`. */
const reversedForm = new RegExp(
  String.raw`(${part}(?:[\s,]{0,3}(?:and\s)?\s?${part}){0,5})(?: (?:left|remaining))? (?:until|before|till) (?:the |your )?(?:next|limit|quota|reset|retry|window)`,
  'i',
)
const partForm = new RegExp(
  String.raw`(${numeral})(?:\s?(?:-|–|—|to)\s?(${numeral}))?[\s-]{0,3}(${unitNames})${unitEnd}`,
  'gi',
)
const unitForms = units.map(
  ([names, factor, power]) => [new RegExp(`^(?:${names})$`, 'i'), factor, power] as const,
)

/**
 * The wait requested by a message for people, in milliseconds rounded up: `try again in 2m59.56s`, `in about 3 hours`,
 * `1 day, 2 hours and 15 minutes`, `~162 min`, `01:30:00`; for a range the longer end. Null if it requests none or an
 * implausible one. Takes linear time; the message has bounded length.
 */
export function readWordedWaitMs(message: string): number | null {
  const text = withClockDurationsInSeconds(message)
  const said = waitForm.exec(text)?.[1] ?? reversedForm.exec(text)?.[1]
  return said === undefined ? readChineseWaitMs(text) : durationMs(said)
}

const chineseUnits = { 毫秒: 'ms', 秒: 's', 分钟: 'm', 分: 'm', 小时: 'h', 天: 'd' } as const
const chinesePart = String.raw`(\d{1,9}(?:\.\d{1,9})?)\s?个?(${Object.keys(chineseUnits).join('|')})钟?`
const chineseForm = new RegExp(String.raw`(?:${chinesePart}\s?){1,5}(?:之|以)?后`)

/** In Chinese: `请在 1 小时 30 分钟后重试`. */
function readChineseWaitMs(text: string): number | null {
  const said = chineseForm.exec(text)?.[0]
  if (said === undefined) return null
  return durationMs(
    said.replaceAll(new RegExp(chinesePart, 'g'), (_, number: string, unit: keyof typeof chineseUnits) => {
      return `${number}${chineseUnits[unit]} `
    }),
  )
}

/** A duration in words or with units, `2 hours and 15 minutes`; null for anything else. */
export function parseWordedDurationMs(text: string): number | null {
  return durationForm.test(text) ? durationMs(text) : null
}

const durationForm = new RegExp(String.raw`^\s*${part}(?:[\s,]{0,3}(?:and\s)?\s?${part}){0,5}\s*$`, 'i')

function durationMs(said: string): number | null {
  let totalMs = 0
  for (const [, first, second, unit] of said.matchAll(partForm)) {
    const partMs = unitMs(second ?? first ?? '', unit ?? '')
    if (partMs === null) return null
    totalMs += partMs
  }
  return believedWaitMs(totalMs)
}

function unitMs(number: string, unit: string): number | null {
  const found = unitForms.find(([form]) => form.test(unit))
  if (found === undefined) return null
  const [, factor, power] = found
  return scaleUp(numbers[number.toLowerCase()] ?? number.replaceAll(/[^\d.]/g, ''), power, factor)
}
