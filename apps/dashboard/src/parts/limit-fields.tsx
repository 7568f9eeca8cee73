import { metrics, metricWord, windowWord } from '@quotakeeper/quota-core/rules'
import { type DraftLimit, draftWindows } from '../show/limit-draft.js'

/** The fields of one limit. */
export function LimitFields({
  number,
  draft,
  hasUsers = false,
  onChange,
  onRemove,
}: {
  readonly number: number
  readonly draft: DraftLimit
  /** Whether calls are of users: those of consumers are. */
  readonly hasUsers?: boolean
  readonly onChange: (changed: Partial<DraftLimit>) => void
  readonly onRemove: () => void
}) {
  const { metric, window, max, model, perModel, perUser, mode } = draft
  const windows = draftWindows.some(known => known === window) ? draftWindows : [window, ...draftWindows]
  return (
    <fieldset className="limit-fields">
      <legend>Limit {number}</legend>
      <label>
        At most{metric === 'cost' && ' $'}
        <input
          inputMode="decimal"
          value={max}
          placeholder="no limit"
          onChange={event => onChange({ max: event.target.value })}
        />
      </label>
      <label>
        of
        <select
          value={metric}
          onChange={event => onChange({ metric: event.target.value as DraftLimit['metric'] })}
        >
          {metrics.map(name => (
            <option key={name} value={name}>
              {metricWord(name)}
            </option>
          ))}
        </select>
      </label>
      {metric !== 'concurrency' && (
        <label>
          <span className="unseen">window</span>
          <select
            value={window}
            onChange={event => onChange({ window: event.target.value as DraftLimit['window'] })}
          >
            {windows.map(name => (
              <option key={name} value={name}>
                {windowWord(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        Models
        <input value={model} placeholder="all" onChange={event => onChange({ model: event.target.value })} />
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={perModel}
          onChange={event => onChange({ perModel: event.target.checked, perUser: false })}
        />
        counted separately for each model
      </label>
      {hasUsers && (
        <label className="check">
          <input
            type="checkbox"
            checked={perUser}
            onChange={event => onChange({ perUser: event.target.checked, perModel: false })}
          />
          counted separately for each user
        </label>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={mode === 'shadow'}
          onChange={event => onChange({ mode: event.target.checked ? 'shadow' : 'enforce' })}
        />
        only report, don’t block
      </label>
      <button
        type="button"
        className="button button-quiet"
        onClick={onRemove}
        aria-label={`Remove limit ${number}`}
      >
        Remove
      </button>
    </fieldset>
  )
}
