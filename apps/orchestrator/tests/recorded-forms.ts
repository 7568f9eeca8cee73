export const json = 'application/json'
export const events = 'text/event-stream'

/** Events without names, as chat completions have them. */
export const sse = (...data: readonly unknown[]): string =>
  data.map(event => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('')

/** Events that are named by their type. */
export const namedEvents = (
  ...data: readonly ({ readonly type: string } & Readonly<Record<string, unknown>>)[]
): string => data.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')
