import { type DestinationStream, type Logger, pino } from 'pino'
import { readableLine } from './readable-line.js'

/** The levels of `QUOTA_LOG_LEVEL`: one `.env` may be read by both servers. */
export const logLevels: readonly ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] = [
  'fatal',
  'error',
  'warn',
  'info',
  'debug',
  'silent',
]

export type LogLevel = (typeof logLevels)[number]

/** Creates the log of this process, on standard output unless given: readable lines on a terminal, JSON lines elsewhere. */
export function createLog(level: LogLevel, destination: DestinationStream = ofThisProcess()): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return pino(options, destination)
}

function ofThisProcess(): DestinationStream {
  const output = pino.destination({ sync: true })
  if (!process.stdout.isTTY) return output
  return { write: line => output.write(readableLine(line)) }
}
