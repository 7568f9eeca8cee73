import type { Standing, Tone } from '../show/standing.js'

/** A shape for each tone, so that it does not depend on colour alone. */
const shapes: Readonly<Record<Tone, string>> = {
  fine: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM6.9 11.2 12 6.1l-1-1-4.1 4.1-1.9-1.9-1 1z',
  warning: 'M8 1.2 15.4 14H.6zM7.3 6v4h1.4V6zm0 5v1.4h1.4V11z',
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5zm2.3 3v5h1.4V4zm0 6.2v1.5h1.4v-1.5z',
  off: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM4.2 7.2v1.6h7.6V7.2z',
  refused:
    'M5 1h6l4 4v6l-4 4H5l-4-4V5zm.6 3.5L4.5 5.6 6.9 8l-2.4 2.4 1.1 1.1L8 9.1l2.4 2.4 1.1-1.1L9.1 8l2.4-2.4-1.1-1.1L8 6.9z',
  keyless: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Zm0 1.5a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z',
  paused: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM5.6 5v6h1.6V5zm3.2 0v6h1.6V5z',
}

export function StatusBadge({
  standing: { tone, word },
}: {
  readonly standing: Pick<Standing, 'tone' | 'word'>
}) {
  return (
    <span className="badge" data-tone={tone}>
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
        <path d={shapes[tone]} fillRule="evenodd" fill="currentColor" />
      </svg>
      {word}
    </span>
  )
}
