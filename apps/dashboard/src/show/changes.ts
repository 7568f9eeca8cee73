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
  vendor: 'learned from the vendor',
  gateway: 'a gateway',
}

/** `an admin switched it off`. */
export function changeText({ actor, action, details }: Change): string {
  const who = actors[actor] ?? actor
  switch (action) {
    case 'providers.setEnabled':
      return `${who} switched it ${details['enabled'] === true ? 'on' : 'off'}`
    case 'providers.retry':
      return `${who} had it retried`
    case 'providers.retryKey':
      return `${who} has a new key, which is retried`
    case 'providers.remove':
      return `${who} removed it`
    case 'providers.upsert':
      return `${who} changed ${settingsOf(details)}`
    case 'usage.reset':
      return `${who} reset the day's usage`
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
  if (!Array.isArray(limits) || limits.length === 0) return 'none'
  return limits.map(limit => `${limit?.id} ${limit?.max}`).join(', ')
}
