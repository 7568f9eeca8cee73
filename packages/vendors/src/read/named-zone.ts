import { offsetMs } from './zone-offset.js'

/** An offset from UTC in milliseconds, or an IANA zone. */
export type Zone = number | string

/** A zone behind a time, for a pattern without regard to case: an offset, an abbreviation, an IANA name or `… Time`. */
export const zoneForm: string = String.raw`(?:(?:UTC|GMT)\s?[+−-]\d{1,2}(?::?\d{2})?|[+−-]\d{2}(?::?\d{2})?|[A-Z]{2,13}/[A-Z_-]{3,20}(?:/[A-Z_-]{3,20})?|[A-Z]+(?:\s[A-Z]+){0,3}\sTime\b|(?:Pacific|Mountain|Central|Eastern)\b|Z\b|[A-Z]{2,5}\b)`

const hoursByName: Readonly<Record<string, number>> = {
  ...{
    Z: 0,
    UTC: 0,
    GMT: 0,
    BST: 1,
    CET: 1,
    CEST: 2,
    MEZ: 1,
    MESZ: 2,
    EET: 2,
    EEST: 3,
    SAST: 2,
    MSK: 3,
    TRT: 3,
  },
  ...{ GST: 4, PKT: 5, IST: 5.5, WIB: 7, ICT: 7, SGT: 8, HKT: 8, MYT: 8, PHT: 8, AWST: 8, JST: 9, KST: 9 },
  ...{ ACST: 9.5, ACDT: 10.5, AEST: 10, AEDT: 11, NZST: 12, NZDT: 13 },
  ...{ BRT: -3, AST: -4, ADT: -3, EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7 },
  ...{ AKST: -9, AKDT: -8, HST: -10 },
}
const regionsByName: Readonly<Record<string, string>> = {
  ...{ PT: 'America/Los_Angeles', MT: 'America/Denver', CT: 'America/Chicago', ET: 'America/New_York' },
  ...{ AET: 'Australia/Sydney' },
}
/** Abbreviations of zones in words, which end in `Time`. */
const namesByWords: Readonly<Record<string, string>> = {
  ...{ pacific: 'PT', mountain: 'MT', central: 'CT', eastern: 'ET' },
  ...{
    'pacific standard': 'PST',
    'mountain standard': 'MST',
    'central standard': 'CST',
    'eastern standard': 'EST',
  },
  ...{
    'pacific daylight': 'PDT',
    'mountain daylight': 'MDT',
    'central daylight': 'CDT',
    'eastern daylight': 'EDT',
  },
  ...{ 'greenwich mean': 'GMT', 'coordinated universal': 'UTC', universal: 'UTC', 'british summer': 'BST' },
  ...{ 'central european': 'CET', 'central european standard': 'CET', 'central european summer': 'CEST' },
  ...{
    japan: 'JST',
    'japan standard': 'JST',
    korea: 'KST',
    'korea standard': 'KST',
    'korean standard': 'KST',
  },
  ...{
    india: 'IST',
    'india standard': 'IST',
    'indian standard': 'IST',
    china: 'HKT',
    'china standard': 'HKT',
  },
  ...{ beijing: 'HKT', 'hong kong': 'HKT', singapore: 'SGT', 'singapore standard': 'SGT' },
  ...{
    'australian eastern': 'AET',
    'australian eastern standard': 'AEST',
    'australian eastern daylight': 'AEDT',
  },
}

const hourMs = 3_600_000

/**
 * The zone that the text behind a time names, or null for an unknown one; undefined if the text is another word, as in
 * `20:00 or later`. Abbreviations of several meanings are those of North America, except `IST` and `BST`.
 */
export function namedZone(text: string): Zone | null | undefined {
  const offset = /^(?:UTC|GMT)?\s?([+−-])(\d{1,2}):?(\d{2})?$/i.exec(text)
  if (offset !== null) return statedOffsetMs(offset)
  if (text.includes('/')) return isZone(text) ? text : namedZone(text.slice(0, text.indexOf('/')))
  const words = text
    .replace(/\s?\btime$/i, '')
    .replaceAll(/\s+/g, ' ')
    .toLowerCase()
  const name = namesByWords[words] ?? words.toUpperCase()
  const hours = hoursByName[name]
  const zone = hours === undefined ? regionsByName[name] : hours * hourMs
  if (zone !== undefined) return zone
  if (/^(?:[A-Z]{2,5}|(?:[A-Z][A-Za-z]+ )+[Tt]ime)$/.test(text)) return null
  return text.includes(' ') ? namedZone(text.slice(0, text.indexOf(' '))) : undefined
}

/** Offsets are from −12 to +14 hours. */
function statedOffsetMs([, sign, hours, minutes]: RegExpExecArray): number | null {
  const offset = (sign === '+' ? 1 : -1) * (Number(hours) * hourMs + Number(minutes ?? 0) * 60_000)
  return offset < -12 * hourMs || offset > 14 * hourMs ? null : offset
}

function isZone(name: string): boolean {
  try {
    offsetMs(name, 0)
    return true
  } catch {
    // Not a zone but words that look like one.
    return false
  }
}
