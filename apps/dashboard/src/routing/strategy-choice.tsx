import { strategies } from '@quotakeeper/quota-core/rules'
import { useLanguage } from '../texts/language-provider.js'
import { FileNote } from './file-note.js'
import type { RoutingDraft, RoutingSettings } from './routing-draft.js'

/** The strategy, and how long calls wait. */
export function StrategyChoice({
  base,
  draft,
  mayEdit,
  onChange,
}: {
  readonly base: RoutingSettings
  readonly draft: RoutingDraft
  readonly mayEdit: (field: 'strategy' | 'maxWaitMs') => boolean
  readonly onChange: (changed: Partial<RoutingDraft>) => void
}) {
  const { t } = useLanguage()
  return (
    <section className="card form" aria-labelledby="strategy">
      <h2 id="strategy">{t('routing.strategy')}</h2>
      <FileNote base={base} field="strategy" />
      <fieldset className="choices" disabled={!mayEdit('strategy')}>
        <legend>{t('routing.whichFirst')}</legend>
        {strategies.map(name => (
          <label key={name}>
            <input
              type="radio"
              name="strategy"
              checked={draft.strategy === name}
              onChange={() => onChange({ strategy: name })}
            />
            <strong>{name}</strong> <span>{t(`routing.strategies.${name}`)}</span>
          </label>
        ))}
      </fieldset>
      <FileNote base={base} field="maxWaitMs" />
      <label className="form-field">
        {t('routing.longestWait')}
        <input
          inputMode="numeric"
          value={draft.maxWaitMs}
          readOnly={!mayEdit('maxWaitMs')}
          onChange={event => onChange({ maxWaitMs: event.target.value })}
        />
      </label>
    </section>
  )
}
