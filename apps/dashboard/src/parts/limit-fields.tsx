import { metrics } from '@quotakeeper/quota-core/rules'
import { type DraftLimit, draftWindows } from '../show/limit-draft.js'
import { useLanguage } from '../texts/language-provider.js'

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
  const { t, metricWord, windowWord } = useLanguage()
  const { metric, window, max, model, perModel, perUser, mode } = draft
  const windows = draftWindows.some(known => known === window) ? draftWindows : [window, ...draftWindows]
  return (
    <fieldset className="limit-fields">
      <legend>{t('limits.number', { number: String(number) })}</legend>
      <label>
        {t(metric === 'cost' ? 'limits.atMostDollars' : 'limits.atMost')}
        <input
          inputMode="decimal"
          value={max}
          placeholder={t('limits.noLimit')}
          onChange={event => onChange({ max: event.target.value })}
        />
      </label>
      <label>
        {t('limits.ofMetric')}
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
          <span className="unseen">{t('limits.window')}</span>
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
        {t('common.models')}
        <input
          value={model}
          placeholder={t('common.all')}
          onChange={event => onChange({ model: event.target.value })}
        />
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={perModel}
          onChange={event => onChange({ perModel: event.target.checked, perUser: false })}
        />
        {t('limits.perModel')}
      </label>
      {hasUsers && (
        <label className="check">
          <input
            type="checkbox"
            checked={perUser}
            onChange={event => onChange({ perUser: event.target.checked, perModel: false })}
          />
          {t('limits.perUser')}
        </label>
      )}
      <label className="check">
        <input
          type="checkbox"
          checked={mode === 'shadow'}
          onChange={event => onChange({ mode: event.target.checked ? 'shadow' : 'enforce' })}
        />
        {t('limits.shadow')}
      </label>
      <button
        type="button"
        className="button button-quiet"
        onClick={onRemove}
        aria-label={t('limits.removeNumber', { number: String(number) })}
      >
        {t('common.remove')}
      </button>
    </fieldset>
  )
}
