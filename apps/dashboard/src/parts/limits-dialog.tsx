import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Provider, useApi } from '../data/api.js'
import { type DraftLimit, draftOf, draftProblem, emptyDraft, limitOf } from '../show/limit-draft.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { LimitFields } from './limit-fields.js'

const maxLimits = 20

/** Edits the configured limits of a provider. Counters continue; added limits start from the ledger. */
export function LimitsDialog({
  provider,
  isReadOnly,
  onSaved,
  onCancel,
}: {
  readonly provider: Provider
  readonly isReadOnly: boolean
  readonly onSaved: () => Promise<void>
  readonly onCancel: () => void
}) {
  const { t } = useLanguage()
  const { name } = provider
  const [drafts, setDrafts] = useState<readonly DraftLimit[]>(() => provider.limits.map(draftOf))
  const [problem, setProblem] = useState<string | null>(null)
  const api = useApi()
  const save = useMutation(api.providers.upsert.mutationOptions({ onSuccess: onSaved }))
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
      </ConfirmDialog>
    )
  }
  const change = (index: number, changed: Partial<DraftLimit>): void =>
    setDrafts(drafts.map((draft, at) => (at === index ? { ...draft, ...changed } : draft)))
  const confirm = (): void => {
    const found =
      drafts.map((draft, index) => draftProblem(t, draft, index)).find(text => text !== null) ?? null
    setProblem(found)
    if (found === null) save.mutate({ name, limits: drafts.map(limitOf) })
  }
  return (
    <ConfirmDialog
      title={t('limits.title', { name })}
      action={t('common.save')}
      isBusy={save.isPending}
      error={problem ?? save.error?.message ?? null}
      onConfirm={confirm}
      onCancel={onCancel}
    >
      <p>{t('limits.counters')}</p>
      {drafts.map((draft, index) => (
        <LimitFields
          key={index}
          number={index + 1}
          draft={draft}
          onChange={changed => change(index, changed)}
          onRemove={() => setDrafts(drafts.filter((_, at) => at !== index))}
        />
      ))}
      {drafts.length < maxLimits && (
        <button type="button" className="button" onClick={() => setDrafts([...drafts, emptyDraft])}>
          {t('limits.add')}
        </button>
      )}
    </ConfirmDialog>
  )
}
