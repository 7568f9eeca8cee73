import { type ReactNode, useEffect, useRef } from 'react'
import { useLanguage } from '../texts/language-provider.js'

interface ConfirmDialogProps {
  readonly title: string
  readonly children: ReactNode
  /** Label of the confirming button. */
  readonly action: string
  readonly isDangerous?: boolean
  /** False if there is nothing to decide. */
  readonly hasCancel?: boolean
  readonly isBusy: boolean
  readonly error: string | null
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

/** Asks for confirmation. Open while rendered; focus returns to the previous element. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    title,
    children,
    action,
    isDangerous = false,
    hasCancel = true,
    isBusy,
    error,
    onConfirm,
    onCancel,
  } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const { t } = useLanguage()
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="dialog-title"
      onCancel={event => {
        event.preventDefault()
        onCancel()
      }}
    >
      <h2 id="dialog-title">{title}</h2>
      <div className="dialog-body">{children}</div>
      {error !== null && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <div className="dialog-actions">
        {hasCancel && (
          <button type="button" className="button" onClick={onCancel}>
            {t('common.cancel')}
          </button>
        )}
        <button
          type="button"
          className={isDangerous ? 'button button-danger' : 'button button-main'}
          disabled={isBusy}
          onClick={onConfirm}
        >
          {isBusy ? t('common.working') : action}
        </button>
      </div>
    </dialog>
  )
}
