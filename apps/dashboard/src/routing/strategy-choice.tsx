import { type Strategy, strategies } from '@quotakeeper/quota-core/rules'
import { FileNote } from './file-note.js'
import type { RoutingDraft, RoutingSettings } from './routing-draft.js'

const sentences: Readonly<Record<Strategy, string>> = {
  'most-remaining': 'The key with the largest share of its quota left comes first.',
  priority: 'The key that is first in the order below comes first, while it has room.',
  'round-robin': 'Keys that have room take turns.',
  'soonest-reset': 'The key whose quota resets first comes first, so that little of it is lost.',
}

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
  return (
    <section className="card form" aria-labelledby="strategy">
      <h2 id="strategy">Strategy</h2>
      <FileNote base={base} field="strategy" />
      <fieldset className="choices" disabled={!mayEdit('strategy')}>
        <legend>Which of the keys that can take a call comes first</legend>
        {strategies.map(name => (
          <label key={name}>
            <input
              type="radio"
              name="strategy"
              checked={draft.strategy === name}
              onChange={() => onChange({ strategy: name })}
            />
            <strong>{name}</strong> <span>{sentences[name]}</span>
          </label>
        ))}
      </fieldset>
      <FileNote base={base} field="maxWaitMs" />
      <label className="form-field">
        Longest wait for quota that returns, in milliseconds (0 for none)
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
