import { type ReactNode, useState } from 'react'
import { type DraftLimit, draftOf, draftProblem, emptyDraft, limitOf } from '../show/limit-draft.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { LimitFields } from './limit-fields.js'

const maxLimits = 20

/** The limits that are saved, as input of the API. */
export type LimitInputs = ReturnType<typeof limitOf>[]

/** Edits the configured limits of a provider or a consumer. Counters continue; added limits start from the ledger. */
export function LimitsDialog({
  name,
  limits,
  updatedAt,
  hasUsers = false,
  isReadOnly,
  note,
  isBusy,
  error,
  onSave,
  onCancel,
}: {
  readonly name: string
  readonly limits: readonly Parameters<typeof draftOf>[0][]
  /** When the owner of the limits was last changed. */
  readonly updatedAt: string
  /** Whether limits may be counted for each user. */
  readonly hasUsers?: boolean
  readonly isReadOnly: boolean
  /** What else limits it. */
  readonly note?: ReactNode
  readonly isBusy: boolean
  readonly error: string | null
  /** @param expectedUpdatedAt of the limits that are edited: others may change them while the dialog is open */
  readonly onSave: (limits: LimitInputs, expectedUpdatedAt: string) => void
  readonly onCancel: () => void
}) {
  const { t } = useLanguage()
  const [drafts, setDrafts] = useState<readonly DraftLimit[]>(() => limits.map(draftOf))
  const [editedFrom] = useState(updatedAt)
  const [problem, setProblem] = useState<string | null>(null)
  if (isReadOnly) {
    return (
      <ConfirmDialog
        title={t('limits.title', { name })}
        action={t('common.close')}
        isBusy={false}
        error={null}
        onConfirm={onCancel}
        onCancel={onCancel}
      >
        <p>{t('limits.ofFile')}</p>
        {note}
      </ConfirmDialog>
    )
  }
  const change = (index: number, changed: Partial<DraftLimit>): void =>
    setDrafts(drafts.map((draft, at) => (at === index ? { ...draft, ...changed } : draft)))
  const confirm = (): void => {
    const found =
      drafts.map((draft, index) => draftProblem(t, draft, index)).find(text => text !== null) ?? null
    setProblem(found)
    if (found === null) onSave(drafts.map(limitOf), editedFrom)
  }
  return (
    <ConfirmDialog
      title={t('limits.title', { name })}
      action={t('common.save')}
      isBusy={isBusy}
      error={problem ?? error}
      onConfirm={confirm}
      onCancel={onCancel}
    >
      <p>{t('limits.counters')}</p>
      {drafts.map((draft, index) => (
        <LimitFields
          key={index}
          number={index + 1}
          draft={draft}
          hasUsers={hasUsers}
          onChange={changed => change(index, changed)}
          onRemove={() => setDrafts(drafts.filter((_, at) => at !== index))}
        />
      ))}
      {drafts.length < maxLimits && (
        <button type="button" className="button" onClick={() => setDrafts([...drafts, emptyDraft])}>
          {t('limits.add')}
        </button>
      )}
      {note}
    </ConfirmDialog>
  )
}
