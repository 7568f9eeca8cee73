import type { FilterValues } from '../show/filters.js'
import type { Order } from '../show/ordering.js'
import type { overviewFilters } from '../show/page-filters.js'
import type { Group } from '../show/standing.js'
import { useLanguage } from '../texts/language-provider.js'

/** Filter and order of providers. */
type Shown = FilterValues<typeof overviewFilters>

const groups = ['all', 'off', 'soon', 'fine', 'keyless'] as const

export function ProviderFilter({
  shown,
  counts,
  onChange,
}: {
  readonly shown: Shown
  readonly counts: Readonly<Record<Group, number>>
  readonly onChange: (changed: Partial<Shown>) => void
}) {
  const { t } = useLanguage()
  const countOf = (group: Group | 'all'): number =>
    group === 'all' ? counts.off + counts.soon + counts.fine + counts.keyless : counts[group]
  return (
    <div className="filter">
      <fieldset className="chips">
        <legend className="unseen">{t('overview.show')}</legend>
        {groups.map(group =>
          group === 'keyless' && counts.keyless === 0 && shown.group !== 'keyless' ? null : (
            <label key={group} className="chip" data-group={group}>
              <input
                type="radio"
                name="group"
                checked={shown.group === group}
                onChange={() => onChange({ group })}
              />
              {t(`overview.${group}`)} <span className="chip-count">{countOf(group)}</span>
            </label>
          ),
        )}
      </fieldset>
      <label className="field-inline">
        <span className="unseen">{t('overview.find')}</span>
        <input
          type="search"
          placeholder={t('overview.find')}
          value={shown.search}
          onChange={event => onChange({ search: event.target.value })}
        />
      </label>
      <label className="field-inline">
        <span className="field-name">{t('overview.order')}</span>
        <select value={shown.order} onChange={event => onChange({ order: event.target.value as Order })}>
          <option value="urgency">{t('overview.byUrgency')}</option>
          <option value="remaining">{t('overview.byRemaining')}</option>
          <option value="name">{t('overview.byName')}</option>
        </select>
      </label>
    </div>
  )
}
