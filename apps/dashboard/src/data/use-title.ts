import { useEffect } from 'react'

/** Names the document. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title
  }, [title])
}
