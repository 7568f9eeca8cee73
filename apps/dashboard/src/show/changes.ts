import type { Language } from '../texts/language.js'

/** An entry of the audit log. */
export interface Change {
  readonly actor: string
  readonly action: string
  readonly details: Readonly<Record<string, unknown>>
}

const actors = ['admin', 'api', 'application', 'file', 'demo', 'preset', 'vendor', 'gateway'] as const

/** `an admin disabled it`. */
export function changeText(language: Language, { actor, action, details }: Change): string {
  const { t } = language
  const known = actors.find(name => name === actor)
  const who = known === undefined ? actor : t(`changes.${known}`)
  switch (action) {
    case 'providers.setEnabled':
      return t(details['enabled'] === true ? 'changes.enabled' : 'changes.disabled', { who })
    case 'providers.retry':
      return t('changes.retried', { who })
    case 'providers.retryKey':
      return t('changes.newKey', { who })
    case 'providers.remove':
      return t('changes.removed', { who })
    case 'providers.upsert':
      return settingsText(language, who, details)
    case 'usage.reset':
      return t('changes.wasReset', { who })
    case 'quota.grant':
      return t('changes.granted', {
        who,
        amount: String(details['amount']),
        limit: String(details['limitId']),
        until: String(details['until']),
      })
    case 'limits.learn':
      return t('changes.learned', { limits: limitsOf(language, details) })
    default:
      return t('changes.other', { who, action })
  }
}

function settingsText({ t }: Language, who: string, details: Change['details']): string {
  const names = Object.entries(details).flatMap(([name, value]) =>
    name === 'managedBy' || value === undefined || value === null ? [] : [name],
  )
  return names.length === 0
    ? t('changes.changedSettings', { who })
    : t('changes.changed', { who, settings: names.join(t('formats.listComma')) })
}

function limitsOf({ t }: Language, { limits }: Change['details']): string {
  if (!Array.isArray(limits) || limits.length === 0) return t('common.none')
  return limits.map(limit => `${limit?.id} ${limit?.max}`).join(t('formats.listComma'))
}
