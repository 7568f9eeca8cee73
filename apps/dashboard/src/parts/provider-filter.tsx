import type { FilterValues } from '../show/filters.js'
import type { Order } from '../show/ordering.js'
import type { overviewFilters } from '../show/page-filters.js'
import type { Group } from '../show/standing.js'

/** Filter and order of providers. */
type Shown = FilterValues<typeof overviewFilters>

const groups = [
  ['all', 'All'],
  ['off', 'Off now'],
  ['soon', 'Running low'],
  ['fine', 'Fine'],
  ['keyless', 'No key'],
] as const

export function ProviderFilter({
  shown,
  counts,
  onChange,
}: {
  readonly shown: Shown
  readonly counts: Readonly<Record<Group, number>>
  readonly onChange: (changed: Partial<Shown>) => void
}) {
  const countOf = (group: Group | 'all'): number =>
    group === 'all' ? counts.off + counts.soon + counts.fine + counts.keyless : counts[group]
  return (
    <div className="filter">
      <fieldset className="chips">
        <legend className="unseen">Show</legend>
        {groups.map(([group, name]) =>
          group === 'keyless' && counts.keyless === 0 && shown.group !== 'keyless' ? null : (
            <label key={group} className="chip" data-group={group}>
              <input
                type="radio"
                name="group"
                checked={shown.group === group}
                onChange={() => onChange({ group })}
              />
              {name} <span className="chip-count">{countOf(group)}</span>
            </label>
          ),
        )}
      </fieldset>
      <label className="field-inline">
        <span className="unseen">Find a provider</span>
        <input
          type="search"
          placeholder="Find a provider"
          value={shown.search}
          onChange={event => onChange({ search: event.target.value })}
        />
      </label>
      <label className="field-inline">
        <span className="field-name">Order</span>
        <select value={shown.order} onChange={event => onChange({ order: event.target.value as Order })}>
          <option value="urgency">most urgent first</option>
          <option value="remaining">least left first</option>
          <option value="name">by name</option>
        </select>
      </label>
    </div>
  )
}
