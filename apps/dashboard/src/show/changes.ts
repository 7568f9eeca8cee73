/** A deed of the audit log. */
export interface Change {
  readonly actor: string
  readonly action: string
  readonly details: Readonly<Record<string, unknown>>
}

const actors: Readonly<Record<string, string>> = {
  admin: 'an admin',
  api: 'the API',
  application: 'a program',
  file: 'the configuration file',
  demo: 'the samples',
  vendor: 'what its vendor tells',
  gateway: 'a gateway',
}

/** `an admin switched it off`. */
export function changeText({ actor, action, details }: Change): string {
  const who = actors[actor] ?? actor
  switch (action) {
    case 'providers.setEnabled':
      return `${who} switched it ${details['enabled'] === true ? 'on' : 'off'}`
    case 'providers.retry':
      return `${who} had it tried again`
    case 'providers.retryKey':
      return `${who} has another key, which is tried`
    case 'providers.remove':
      return `${who} took it out of use`
    case 'providers.upsert':
      return `${who} changed ${settingsOf(details)}`
    case 'usage.reset':
      return `${who} took the day's usage back`
    case 'limits.learn':
      return `${who} taught limits: ${limitsOf(details)}`
    default:
      return `${who}: ${action}`
  }
}

function settingsOf(details: Change['details']): string {
  const names = Object.entries(details).flatMap(([name, value]) =>
    name === 'managedBy' || value === undefined || value === null ? [] : [name],
  )
  return names.length === 0 ? 'its settings' : names.join(', ')
}

function limitsOf({ limits }: Change['details']): string {
  if (!Array.isArray(limits) || limits.length === 0) return 'none any more'
  return limits.map(limit => `${limit?.id} ${limit?.max}`).join(', ')
}
