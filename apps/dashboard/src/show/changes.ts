/** An entry of the audit log. */
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
  vendor: 'the vendor’s answers',
  gateway: 'a gateway',
}

/** `an admin disabled it`. */
export function changeText({ actor, action, details }: Change): string {
  const who = actors[actor] ?? actor
  switch (action) {
    case 'providers.setEnabled':
      return `${who} ${details['enabled'] === true ? 'enabled' : 'disabled'} it`
    case 'providers.retry':
      return `${who} retried it`
    case 'providers.retryKey':
      return `${who} reported a new key, which is retried`
    case 'providers.remove':
      return `${who} removed it`
    case 'providers.upsert':
      return `${who} changed ${settingsOf(details)}`
    case 'usage.reset':
      return `${who} reset the day's usage`
    case 'quota.grant':
      return `${who} granted ${details['amount']} more of ${details['limitId']} until ${details['until']}`
    case 'limits.learn':
      return `limits learned from the vendor: ${limitsOf(details)}`
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
