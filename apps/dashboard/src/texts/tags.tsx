import type { ReactNode } from 'react'

/** Elements in texts: `<code>…</code>`, `<strong>…</strong>`, `<small>…</small>`. */
export const code = (chunks: ReactNode): ReactNode => <code>{chunks}</code>
export const strong = (chunks: ReactNode): ReactNode => <strong>{chunks}</strong>
export const small = (chunks: ReactNode): ReactNode => <small>{chunks}</small>
