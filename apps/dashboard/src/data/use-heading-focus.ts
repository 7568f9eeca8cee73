import { type RefObject, useEffect, useRef } from 'react'

/**
 * Moves the focus to the heading of a page after navigation, so that screen readers say where they are. A heading that
 * appears later, or in place of that of a page which is loading, gets it too, unless something else has it by then or
 * the reader has begun to use the page.
 * @param place of the page
 * @param path whose change is a navigation; the first page keeps the browser's focus
 */
export function useHeadingFocus(place: RefObject<HTMLElement | null>, path: string): void {
  const shown = useRef(path)
  useEffect(() => {
    const element = place.current
    if (shown.current === path || element === null) return
    shown.current = path
    element.focus({ preventScroll: true })
    const follow = (): void => {
      const { activeElement } = document
      if (activeElement !== element && activeElement !== document.body) return
      const heading = element.querySelector('h1')
      if (heading === null) return
      heading.tabIndex = -1
      heading.focus({ preventScroll: true })
    }
    follow()
    const observer = new MutationObserver(follow)
    observer.observe(element, { childList: true, subtree: true })
    const stop = (): void => observer.disconnect()
    const using = ['pointerdown', 'keydown'] as const
    for (const event of using) window.addEventListener(event, stop, { once: true, capture: true })
    return () => {
      stop()
      for (const event of using) window.removeEventListener(event, stop, { capture: true })
    }
  }, [place, path])
}
