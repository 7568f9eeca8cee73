import type { Command } from 'commander'
import { textsIn } from './text-list.js'
import { positiveNumber } from './whole-number.js'

/** Options of a pool or a consumer: when it alerts, and its calendar. */
export interface SubjectOptions {
  readonly thresholds?: readonly number[]
  readonly timeZone?: string
  readonly monthStartsOn?: number
}

/** Adds these options. */
export function withSubjectOptions(command: Command): Command {
  return command
    .option(
      '--thresholds <percents>',
      'shares of a limit at which alerts are raised, separated by commas',
      percents,
    )
    .option('--time-zone <zone>', 'time zone of its days and months, such as Europe/Paris')
    .option('--month-starts-on <day>', 'day on which its months begin', positiveNumber)
}

/** `80,90,100`. @throws Failure for anything else */
function percents(list: string): readonly number[] {
  return textsIn(list).map(positiveNumber)
}

/** The settings that the given options change. */
export function subjectSettings({ thresholds, timeZone, monthStartsOn }: SubjectOptions) {
  return {
    ...(thresholds === undefined ? {} : { thresholdsPercent: [...thresholds] }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(monthStartsOn === undefined ? {} : { monthStartsOn }),
  }
}
