import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../data/api.js'
import { ConfirmDialog } from '../parts/confirm-dialog.js'
import { useDone } from '../parts/use-done.js'
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
  const [isAsking, setAsking] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const done = useDone(() => {
    setAsking(false)
    onDone()
  })
  const save = useMutation(api.routing.update.mutationOptions({ onSuccess: done('The routing is saved.') }))
  const isConflict = isEditing && (current.revision !== base.revision || wasChanged(save.error))
  const changes = changesIn(draft, base)
  const ask = (): void => {
    const found = draftFault(draft)
    setFault(found)
    if (found !== null) return
    save.reset()
    setAsking(true)
  }
  if (!isEditing) return null
  return (
    <section className="card form routing-save" aria-labelledby="save">
      <h2 id="save">Your changes</h2>
      {isConflict ? (
        <p className="notice notice-bad" role="alert">
          Routing was changed by somebody else, or by the configuration file, since you began. Discard your
          changes to see it, and make them again.
        </p>
      ) : (
        <p>{changes.length === 0 ? 'Nothing is changed yet.' : `Changed: ${changes.join(', ')}.`}</p>
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
          disabled={isConflict || changes.length === 0}
          onClick={ask}
        >
          Save
        </button>
        <button type="button" className="button" onClick={onDone}>
          Discard
        </button>
      </div>
      {isAsking && (
        <ConfirmDialog
          title="Save the routing?"
          action="Save"
          isBusy={save.isPending}
          error={save.error?.message ?? null}
          onConfirm={() => save.mutate(updateOf(draft, base))}
          onCancel={() => setAsking(false)}
        >
          <p>
            It changes: {changes.join(', ')}. Every gateway uses it within seconds. Calls in flight go on.
          </p>
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
