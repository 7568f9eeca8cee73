import { useId, useState } from 'react'
import { Link } from 'wouter'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'
import { type Direction, MoveButtons, useFocusAfterMove } from './move-buttons.js'
import { movedGroups, type RoutingDraft, type RoutingSettings } from './routing-draft.js'

/** The order of providers by priority. Equal ones share a place. */
export function ProviderOrder({
  base,
  draft: { strategy, groups },
  isReadOnly,
  onChange,
}: {
  readonly base: RoutingSettings
  readonly draft: RoutingDraft
  readonly isReadOnly: boolean
  readonly onChange: (changed: Partial<RoutingDraft>) => void
}) {
  const id = useId()
  const { t } = useLanguage()
  // Said to screen readers, which do not see that the row has moved.
  const [said, setSaid] = useState('')
  const hasFixed = groups.some(group => group.some(({ isFixed }) => isFixed))
  const focusAfterMove = useFocusAfterMove()
  const idOf = (name: string): string => `${id}-${name}`
  const move = (name: string, direction: Direction): void => {
    const moved = movedGroups(groups, name, direction)
    if (moved === null) return
    onChange({ groups: moved })
    focusAfterMove(idOf(name), direction)
    const place = moved.findIndex(group => group.some(provider => provider.name === name)) + 1
    setSaid(t('routing.isAtPlace', { name, place: String(place), count: String(moved.length) }))
  }
  return (
    <section className="card form" aria-labelledby="order">
      <h2 id="order">{t('routing.order')}</h2>
      <p className="hint">{t(strategy === 'priority' ? 'routing.orderFollowed' : 'routing.orderUnused')}</p>
      {hasFixed && (
        <p className="hint">
          {t.rich('routing.prioritiesByFile', { code, file: base.configFile ?? t('codes.managedBy.file') })}
        </p>
      )}
      {groups.length === 0 && <p className="quiet">{t('overview.noProviders')}</p>}
      <ol className="routing-list">
        {groups.map((group, index) => (
          <li key={group.map(({ name }) => name).join('\n')}>
            <ul className="routing-place" aria-label={t('routing.place', { number: String(index + 1) })}>
              {group.map(({ name, isFixed }) => (
                <li key={name}>
                  <Link href={`/providers/${encodeURIComponent(name)}`}>{name}</Link>
                  {isFixed && <span className="quiet">{t('routing.placedByFile')}</span>}
                  {!isReadOnly && !isFixed && (
                    <span className="actions">
                      <MoveButtons
                        name={name}
                        id={idOf(name)}
                        canMove={direction => movedGroups(groups, name, direction) !== null}
                        onMove={direction => move(name, direction)}
                      />
                    </span>
                  )}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      <p className="unseen" role="status">
        {said}
      </p>
    </section>
  )
}
