import { type DestinationStream, type Logger, pino } from 'pino'

/** Creates the log of this process: JSON lines, on standard output unless given. */
export function createLog(
  level: string,
  destination: DestinationStream = pino.destination({ sync: true }),
): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return pino(options, destination)
}
