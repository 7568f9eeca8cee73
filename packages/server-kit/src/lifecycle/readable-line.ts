const maxValueLength = 2_000

/**
 * A line of the log for a terminal: the time of day, the level, the text, then what else the line has as `name=value`,
 * and the stack of an error below. Control characters are escaped, since values may come from vendors and clients.
 *
 * @param json one line of the log; any other text is returned as it is
 * @param zone the time zone of the time; that of the machine unless given
 */
export function readableLine(json: string, zone?: string): string {
  const line = fieldsOf(json)
  if (line === null) return json
  const { time, level, msg, err, ...others } = line
  const details = Object.entries(others).map(([name, value]) => `${name}=${valueText(value)}`)
  const head = [timeText(time, zone), String(level).toUpperCase().padEnd(5), escaped(String(msg ?? ''))]
  return `${[...head, ...details].join(' ')}${errorText(err)}\n`
}

function fieldsOf(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json)
    // An object by what is checked.
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}

function timeText(time: unknown, zone: string | undefined): string {
  const date = new Date(String(time))
  if (Number.isNaN(date.getTime())) return escaped(String(time))
  return date.toLocaleTimeString('en-GB', { hour12: false, timeZone: zone })
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  const shown = text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text
  return escaped(shown)
}

function errorText(error: unknown): string {
  if (error === undefined) return ''
  const fields = typeof error === 'object' && error !== null ? Object.entries(error) : []
  const stack = fields.find(([name]) => name === 'stack')?.[1]
  if (typeof stack !== 'string') return ` err=${valueText(error)}`
  return `\n${stack
    .split('\n')
    .map(part => `  ${escaped(part)}`)
    .join('\n')}`
}

/** Terminals act on control characters, also on those of C1 and on marks of direction. */
function escaped(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, character => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code.toString(16).padStart(4, '0')}`
  })
}
