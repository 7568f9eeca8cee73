import { createContext, type ReactNode, useCallback, useContext, useState } from 'react'

interface Toast {
  readonly id: number
  readonly text: string
}

const shownMs = 6_000
const maxShown = 3

const ToastContext = createContext<(text: string) => void>(() => undefined)

/** Shows a message for a moment, also to screen readers. */
export function useToast(): (text: string) => void {
  return useContext(ToastContext)
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([])
  const say = useCallback((text: string) => {
    const id = performance.now()
    setToasts(shown => [...shown, { id, text }].slice(-maxShown))
    setTimeout(() => setToasts(shown => shown.filter(toast => toast.id !== id)), shownMs)
  }, [])
  return (
    <ToastContext value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, text }) => (
          <p key={id} className="toast">
            {text}
          </p>
        ))}
      </div>
    </ToastContext>
  )
}
