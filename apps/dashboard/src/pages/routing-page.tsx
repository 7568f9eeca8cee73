import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../data/api.js'
import { FailedNotice, Loading } from '../parts/notices.js'
import { AliasEditor } from '../routing/alias-editor.js'
import { DryRun } from '../routing/dry-run.js'
import { ProviderOrder } from '../routing/provider-order.js'
import { draftOf, type RoutingDraft, type RoutingSettings } from '../routing/routing-draft.js'
import { SaveRouting } from '../routing/save-routing.js'
import { StrategyChoice } from '../routing/strategy-choice.js'
import { useLanguage } from '../texts/language-provider.js'

const everyMs = 5_000

/** Which key takes a call: strategy, aliases and order, tried before they are saved. */
export function RoutingPage({ mayChange }: { readonly mayChange: boolean }) {
  const api = useApi()
  const { t } = useLanguage()
  const settings = useQuery(api.routing.settings.queryOptions(undefined, { refetchInterval: everyMs }))
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.routing')}</h1>
        <p className="title-note">{t('routing.note')}</p>
      </div>
      {settings.error !== null && <FailedNotice what={t('routing.settings')} error={settings.error} />}
      {settings.data === undefined ? (
        settings.error === null && <Loading what={t('routing.theSettings')} />
      ) : (
        <RoutingEditor current={settings.data} mayChange={mayChange} />
      )}
    </>
  )
}

/** What is edited, and the settings that it was made from. */
interface Editing {
  readonly base: RoutingSettings
  readonly draft: RoutingDraft
}

function RoutingEditor({
  current,
  mayChange,
}: {
  readonly current: RoutingSettings
  readonly mayChange: boolean
}) {
  const { t } = useLanguage()
  // Without changes, the page follows the settings.
  const [editing, setEditing] = useState<Editing | null>(null)
  const { base, draft } = editing ?? { base: current, draft: draftOf(current) }
  const change = (changed: Partial<RoutingDraft>): void =>
    setEditing({ base, draft: { ...draft, ...changed } })
  const mayEdit = (field: keyof RoutingSettings['managedBy']): boolean =>
    mayChange && base.managedBy[field] !== 'file'
  return (
    <>
      {!mayChange && <p>{t('routing.onlyAdmin')}</p>}
      <StrategyChoice base={base} draft={draft} mayEdit={mayEdit} onChange={change} />
      <AliasEditor base={base} draft={draft} isReadOnly={!mayEdit('aliases')} onChange={change} />
      <ProviderOrder base={base} draft={draft} isReadOnly={!mayChange} onChange={change} />
      <DryRun draft={draft} hasChanges={editing !== null} revision={current.revision} />
      {mayChange && (
        <SaveRouting
          base={base}
          current={current}
          draft={draft}
          isEditing={editing !== null}
          onDone={() => setEditing(null)}
        />
      )}
    </>
  )
}
