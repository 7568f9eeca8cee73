import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'
import type { RoutingSettings } from './routing-draft.js'

/** Says that the configuration file makes a setting, and whether another one is stored. */
export function FileNote({
  base,
  field,
}: {
  readonly base: RoutingSettings
  readonly field: keyof RoutingSettings['managedBy']
}) {
  const { t } = useLanguage()
  if (base.managedBy[field] !== 'file') return null
  const file = base.configFile ?? t('codes.managedBy.file')
  return (
    <p className="hint">
      {t.rich('routing.byFile', { code, file })} {base.overridden.includes(field) && t('routing.overridden')}
    </p>
  )
}
