import { firstEpochMs, firstEpochSecond, parseResetMs, waitUntil } from '../headers/parse-reset.js'
import type { Clock } from '../read/clock.js'
import { scaleUp } from '../read/decimal.js'
import { property } from '../read/json.js'
import { believedWaitMs } from '../read/wait.js'
import { readWordedInstantMs } from '../read/worded-instant.js'
import { parseWordedDurationMs, readWordedWaitMs } from '../read/worded-wait.js'

/** Most fields read from one object or one text. */
const maxFields = 50
const maxTextFields = 100
const longestText = 8_000
/** A longer value is no time. */
const longestValue = 60

const subject = '(?:quota|usage|limits?|rate|next|window|key)*'
const unit = '(ms|millis|milliseconds|s|secs?|seconds|mins?|minutes|hours|days)?'
/** Names without `_` and `-`, in lower case: `resetsinseconds`, `retryafter`, `quotaresetdelay`, `secondsuntilreset`. */
const waitForms: readonly RegExp[] = [
  new RegExp(`^${subject}resets?(?:in|after|delay|time)?${unit}$`),
  new RegExp(
    `^${subject}(?:retry|tryagain|wait|cooldown|available|renews?)(?:in|after|delay|time|for)${unit}$`,
  ),
  new RegExp(`^${unit}(?:time)?(?:until|to|till|before)${subject}(?:reset|retry|available)$`),
  new RegExp(`^(?:wait|cooldown)${unit.slice(0, -1)}$`),
]
const instantForms: readonly RegExp[] = [
  new RegExp(`^${subject}(?:resets?|retry|tryagain|available|renews?)(?:at|on|date|timestamp|epoch)${unit}$`),
  new RegExp(`^(?:blocked|locked|suspended|banned|disabled|cooldown|cooling)(?:until|till)${unit}$`),
]
const unitPowers: readonly (readonly [RegExp, number, number])[] = [
  [/^(?:ms|milli)/, 1, 0],
  [/^s/, 1, 3],
  [/^m/, 60, 3],
  [/^h/, 3_600, 3],
  [/^d/, 86_400, 3],
]

/**
 * The wait stated in a field such as `resets_in_seconds`, `retryAfterMs` or `resets_at`, in any object of the error or
 * one level below, or in a text that quotes such fields; in milliseconds from the response. Durations take precedence
 * over instants. Null if no field states a plausible wait.
 *
 * @param timeZone IANA zone of instants without a zone
 */
export function readWaitFieldsMs(
  layers: readonly unknown[],
  text: string,
  timeZone: string,
  clock: Clock,
): number | null {
  const texts = layers.flatMap(layer => (typeof layer === 'string' ? [layer.slice(0, longestText)] : []))
  const fields = [...layers.flatMap(fieldsOf), ...[...texts, text].flatMap(textFields)]
  for (const forms of [waitForms, instantForms]) {
    for (const [name, value] of fields) {
      const match = firstMatch(forms, name)
      if (match === null) continue
      const isInstant = forms === instantForms
      const waitMs = valueMs(value, match[1], isInstant, clock) ?? wordsMs(value, isInstant, timeZone, clock)
      if (waitMs !== null) return waitMs
    }
  }
  return null
}

type Field = readonly [name: string, value: unknown]

/** The fields of an object and its nested objects, with normalised names. */
function fieldsOf(layer: unknown): readonly Field[] {
  const own = entriesOf(layer)
  return [...own, ...own.flatMap(([, value]) => entriesOf(value))].map(([name, value]) => [
    plainName(name),
    value,
  ])
}

function entriesOf(value: unknown): readonly Field[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).slice(0, maxFields)
}

const textField =
  /["']?\b([A-Za-z]{2,12}(?:[_-][A-Za-z]{1,12}){1,4}|[a-z]{2,12}(?:[A-Z][a-z]{1,12}){1,4})\b["']?\s?[:=]\s?(?:"([^"\n]{1,60})|'([^'\n]{1,60})|([\w.:+-]{1,40}))/g

function textFields(text: string): readonly Field[] {
  const fields: Field[] = []
  for (const [, name, ...values] of text.matchAll(textField)) {
    if (fields.length >= maxTextFields) break
    fields.push([plainName(name ?? ''), values.find(value => value !== undefined)])
  }
  return fields
}

function plainName(name: string): string {
  return name.length > 60 ? '' : name.replaceAll(/[_-]/g, '').toLowerCase()
}

function firstMatch(forms: readonly RegExp[], name: string): RegExpExecArray | null {
  for (const form of forms) {
    const match = form.exec(name)
    if (match !== null) return match
  }
  return null
}

function valueMs(
  value: unknown,
  unitName: string | undefined,
  isInstant: boolean,
  clock: Clock,
): number | null {
  if (typeof value !== 'string' && typeof value !== 'number') return protobufMs(value)
  const text = String(value).trim()
  const found = unitPowers.find(([form]) => form.test(unitName ?? ''))
  if (found === undefined) return parseResetMs(text, 'any', clock)
  const [, factor, power] = found
  // A number this large is an instant, whatever the field's name; a wait of 12 days has more than 10^9 milliseconds.
  if (Number(text) > (power === 0 && !isInstant ? firstEpochMs : firstEpochSecond))
    return parseResetMs(text, 'any', clock)
  const unitsMs = scaleUp(text, power, factor)
  return unitsMs === null ? parseWordedDurationMs(text) : believedWaitMs(unitsMs)
}

/** A value is read like the same words of a message: `05:30:00` is a wait, `2026-12-01 00:00` in the vendor's zone. */
function wordsMs(value: unknown, isInstant: boolean, timeZone: string, clock: Clock): number | null {
  if (typeof value !== 'string' || value.length > longestValue) return null
  const words = value.trim()
  const waitMs = isInstant ? null : readWordedWaitMs(`try again in ${words}`)
  const reading = { nowMs: clock.vendorMs, timeZone }
  return waitMs ?? waitUntil(readWordedInstantMs(`resets at ${words}`, reading), clock)
}

/** Google's `Duration` as its libraries print it: `{ seconds: '36', nanos: 500000000 }`. */
function protobufMs(value: unknown): number | null {
  const [secondsMs, restMs] = [scaled(property(value, 'seconds'), 3), scaled(property(value, 'nanos'), -6)]
  return secondsMs === null && restMs === null ? null : believedWaitMs((secondsMs ?? 0) + (restMs ?? 0))
}

function scaled(value: unknown, power: number): number | null {
  return typeof value === 'string' || typeof value === 'number' ? scaleUp(String(value), power) : null
}
