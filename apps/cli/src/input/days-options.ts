import { type Command, Option } from 'commander'
import { positiveNumber } from './whole-number.js'

/** Adds the options of a range of days; `withoutAny` says which days are meant without them. */
export function withDays(command: Command, withoutAny = '7'): Command {
  return command
    .option('--from <day>', 'the first day, YYYY-MM-DD')
    .option('--to <day>', 'the last day, included')
    .addOption(
      new Option('--days <number>', `the last N days, instead of --from (default: ${withoutAny})`).argParser(
        positiveNumber,
      ),
    )
}
