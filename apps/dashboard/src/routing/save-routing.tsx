import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../data/api.js'
import { ConfirmDialog } from '../parts/confirm-dialog.js'
import { useDone } from '../parts/use-done.js'
import { useLanguage } from '../texts/language-provider.js'
import { changesIn, draftFault, type RoutingDraft, type RoutingSettings, updateOf } from './routing-draft.js'

/** Saves a draft after confirmation, unless somebody else has changed the settings meanwhile. */
export function SaveRouting({
  base,
  current,
  draft,
  isEditing,
  onDone,
}: {
  readonly base: RoutingSettings
  readonly current: RoutingSettings
  readonly draft: RoutingDraft
  readonly isEditing: boolean
  readonly onDone: () => void
}) {
  const api = useApi()
  const { t } = useLanguage()
  const [isAsking, setAsking] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const done = useDone(() => {
    setAsking(false)
    onDone()
  })
  const save = useMutation(api.routing.update.mutationOptions({ onSuccess: done(t('routing.saved')) }))
  const isConflict = isEditing && (current.revision !== base.revision || wasChanged(save.error))
  const changes = changesIn(t, draft, base).join(t('formats.listComma'))
  const ask = (): void => {
    const found = draftFault(t, draft)
    setFault(found)
    if (found !== null) return
    save.reset()
    setAsking(true)
  }
  if (!isEditing) return null
  return (
    <section className="card form routing-save" aria-labelledby="save">
      <h2 id="save">{t('routing.yourChanges')}</h2>
      {isConflict ? (
        <p className="notice notice-bad" role="alert">
          {t('routing.conflict')}
        </p>
      ) : (
        <p>{changes === '' ? t('routing.nothingChanged') : t('routing.changes', { changes })}</p>
      )}
      {fault !== null && (
        <p className="field-error" role="alert">
          {fault}
        </p>
      )}
      <div className="actions">
        <button
          type="button"
          className="button button-main"
          disabled={isConflict || changes === ''}
          onClick={ask}
        >
          {t('common.save')}
        </button>
        <button type="button" className="button" onClick={onDone}>
          {t('routing.discard')}
        </button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title={t('routing.saveTitle')}
          action={t('common.save')}
          isBusy={save.isPending}
          error={save.error?.message ?? null}
          onConfirm={() => save.mutate(updateOf(draft, base))}
          onCancel={() => setAsking(false)}
        >
          <p>{t('routing.saveText', { changes })}</p>
        </ConfirmDialog>
      )}
    </section>
  )
}

function wasChanged(
  error: { readonly data?: { readonly quotaCode?: string | null } | null | undefined } | null,
) {
  return error?.data?.quotaCode === 'REVISION_CHANGED'
}
