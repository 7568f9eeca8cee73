import { useId, useState } from 'react'
import { Link } from 'wouter'
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
    setSaid(`${name} is at place ${place} of ${moved.length}.`)
  }
  return (
    <section className="card form" aria-labelledby="order">
      <h2 id="order">Order of providers</h2>
      <p className="hint">
        {strategy === 'priority'
          ? 'The strategy priority follows it. Of providers at one place, the one with the largest share left comes first.'
          : 'It decides only with the strategy priority.'}
      </p>
      {hasFixed && (
        <p className="hint">
          The priorities of some providers are managed by{' '}
          <code>{base.configFile ?? 'the configuration file'}</code>: change them there.
        </p>
      )}
      {groups.length === 0 && <p className="quiet">There are no providers.</p>}
      <ol className="routing-list">
        {groups.map((group, index) => (
          <li key={group.map(({ name }) => name).join('\n')}>
            <ul className="routing-place" aria-label={`Place ${index + 1}`}>
              {group.map(({ name, isFixed }) => (
                <li key={name}>
                  <Link href={`/providers/${encodeURIComponent(name)}`}>{name}</Link>
                  {isFixed && <span className="quiet">by the file</span>}
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
