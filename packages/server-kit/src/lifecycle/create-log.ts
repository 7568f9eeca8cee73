import { type DestinationStream, type Logger, pino } from 'pino'
import { readableLine } from './readable-line.js'

/** Creates the log of this process, on standard output unless given: readable lines on a terminal, JSON lines elsewhere. */
export function createLog(level: string, destination: DestinationStream = ofThisProcess()): Logger {
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
