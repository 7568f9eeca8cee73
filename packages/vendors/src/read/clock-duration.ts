import { scaleUp } from './decimal.js'

/** Words directly before a duration. The hour of the day has `at`, `until` or nothing before it. */
const measures = '(?:in|within|for|another|wait(?:ing)?(?: time)?|cool-?down|back-?off)'
/** Words before either: hours with minutes only are a time of day behind them, `after 17:30`. */
const either = '(?:after|retry|again|resets?|available)'
const about = String.raw`(?:\s(?:about|around|approximately|approx|roughly|nearly|almost|over|another|the|next|at least|up to|less than|more than)){0,2}`
const days = String.raw`(?:\d{1,3}\s?d(?:ays?)?,?\s(?:and\s)?)?`
const gap = String.raw`[\s:=~≈(.]{1,3}`
const unitBehind = String.raw`(?:\s?\(?(?<unit>[hm])(?:ours?|rs?|in(?:ute)?s?|h:mm(?::ss)?|m:ss)?\b\)?)?`

const clockDuration = new RegExp(
  [
    String.raw`(?<=\b(?:${measures}|${either})${about}${gap}${days})(?<![\d:.,/-])(?:(?<wholeDays>\d{1,3})\.)?(?<hours>\d{1,3}):(?<minutes>\d{2}):(?<seconds>\d{2}(?:\.\d{1,9})?)(?![\d:])${unitBehind}`,
    String.raw`(?<=\b${measures}${about}${gap}${days})(?<![\d:.,/-])(?<first>\d{1,3}):(?<second>\d{2})(?![\d:.])${unitBehind.replace('<unit>', '<pairUnit>')}`,
  ].join('|'),
  'gi',
)

/** What makes it a time of day: AM or PM, an offset, or an upper-case word, which is a zone. */
const timeOfDayBehind = /^\s?\(?(?:[AaPp]\.?[Mm]\b|[A-Z]{2,5}\b|Z\b|[+-]\d{2}|[A-Z][A-Za-z]{1,12}\/)/

/**
 * The message with durations written like a clock, `try again in 05:30:00`, replaced by their seconds, so that they are
 * not read as a time of day. Days may precede, as .NET prints them: `22.14:18:12`. Two numbers are minutes and seconds, as countdowns write them, unless `hours` follow.
 */
export function withClockDurationsInSeconds(message: string): string {
  return message.replaceAll(clockDuration, (text, ...rest) => {
    // The last three arguments are the place, the message and the groups.
    const [place, whole, groups] = rest.slice(-3) as [number, string, Groups]
    if (timeOfDayBehind.test(whole.slice(place + text.length, place + text.length + 20))) return text
    return secondsOf(groups) ?? text
  })
}

type Groups = Readonly<Record<string, string | undefined>>

function secondsOf({ wholeDays, hours, minutes, seconds, first, second, pairUnit }: Groups): string | null {
  const inHours = pairUnit?.toLowerCase() === 'h'
  const [hour, minute, rest] =
    first === undefined ? [hours, minutes, seconds] : inHours ? [first, second, '0'] : ['0', first, second]
  const restMs = scaleUp(rest ?? '', 3)
  if (restMs === null || restMs >= 60_000 || (hour !== '0' && Number(minute) > 59)) return null
  const wholeHours = Number(wholeDays ?? 0) * 24 + Number(hour)
  return `${((wholeHours * 60 + Number(minute)) * 60_000 + restMs) / 1_000}s`
}
