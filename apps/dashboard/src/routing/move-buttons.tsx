import { useEffect, useState } from 'react'
import { useLanguage } from '../texts/language-provider.js'

const directions = ['up', 'down'] as const

/** Where an entry of a list moves. */
export type Direction = (typeof directions)[number]

/** Moves an entry of a list by keyboard or pointer. */
export function MoveButtons({
  name,
  id,
  canMove,
  onMove,
}: {
  /** The entry, within a label: `Move model 1 up`. */
  readonly name: string
  /** See {@link useFocusAfterMove}. */
  readonly id: string
  readonly canMove: (direction: Direction) => boolean
  readonly onMove: (direction: Direction) => void
}) {
  const { t } = useLanguage()
  return directions.map(direction => (
    <button
      key={direction}
      type="button"
      className="button"
      id={`${id}-${direction}`}
      aria-label={t(direction === 'up' ? 'routing.moveUp' : 'routing.moveDown', { name })}
      // Not disabled, which would lose the focus when the entry reaches an end.
      aria-disabled={!canMove(direction)}
      onClick={() => canMove(direction) && onMove(direction)}
    >
      {direction === 'up' ? '↑' : '↓'}
    </button>
  ))
}

/** Keeps the focus on the button of an entry that has moved, and so was rendered elsewhere. */
export function useFocusAfterMove(): (id: string, direction: Direction) => void {
  const [moved, setMoved] = useState<{ readonly buttonId: string } | null>(null)
  useEffect(() => {
    if (moved !== null) document.getElementById(moved.buttonId)?.focus()
  }, [moved])
  return (id, direction) => setMoved({ buttonId: `${id}-${direction}` })
}
