import { maxAliases } from '@quotakeeper/quota-core/rules'
import { useId } from 'react'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'
import { FileNote } from './file-note.js'
import { type Direction, MoveButtons, useFocusAfterMove } from './move-buttons.js'
import { type DraftAlias, movedEntry, type RoutingDraft, type RoutingSettings } from './routing-draft.js'

/** Names for lists of models, tried in order. */
export function AliasEditor({
  base,
  draft: { aliases },
  isReadOnly,
  onChange,
}: {
  readonly base: RoutingSettings
  readonly draft: RoutingDraft
  readonly isReadOnly: boolean
  readonly onChange: (changed: Partial<RoutingDraft>) => void
}) {
  const { t } = useLanguage()
  const change = (alias: DraftAlias): void =>
    onChange({ aliases: aliases.map(other => (other.id === alias.id ? alias : other)) })
  const add = (): void => {
    const id = Math.max(-1, ...aliases.map(alias => alias.id)) + 1
    onChange({ aliases: [...aliases, { id, name: '', models: [''] }] })
  }
  return (
    <section className="card form" aria-labelledby="aliases">
      <h2 id="aliases">{t('routing.aliases')}</h2>
      <p className="hint">{t.rich('routing.aliasesHint', { code })}</p>
      <FileNote base={base} field="aliases" />
      {aliases.length === 0 && <p className="quiet">{t('routing.noAliases')}</p>}
      {aliases.map((alias, index) => (
        <AliasFields
          key={alias.id}
          alias={alias}
          title={
            alias.name.trim() === ''
              ? t('routing.newAlias', { number: String(index + 1) })
              : t('routing.alias', { name: alias.name.trim() })
          }
          isReadOnly={isReadOnly}
          onChange={change}
          onRemove={() => onChange({ aliases: aliases.filter(other => other !== alias) })}
        />
      ))}
      {!isReadOnly && aliases.length < maxAliases && (
        <div className="actions">
          <button type="button" className="button" onClick={add}>
            {t('routing.addAlias')}
          </button>
        </div>
      )}
    </section>
  )
}

function AliasFields({
  alias,
  title,
  isReadOnly,
  onChange,
  onRemove,
}: {
  readonly alias: DraftAlias
  readonly title: string
  readonly isReadOnly: boolean
  readonly onChange: (alias: DraftAlias) => void
  readonly onRemove: () => void
}) {
  const { t } = useLanguage()
  const { name, models } = alias
  const fieldsId = useId()
  const focusAfterMove = useFocusAfterMove()
  const put = (changed: readonly string[]): void => onChange({ ...alias, models: changed })
  const move = (index: number, direction: Direction): void => {
    const by = direction === 'up' ? -1 : 1
    put(movedEntry(models, index, by))
    focusAfterMove(`${fieldsId}-${index + by}`, direction)
  }
  return (
    <fieldset className="routing-fields">
      <legend>{title}</legend>
      <label className="form-field">
        {t('common.name')}
        <input
          value={name}
          spellCheck={false}
          readOnly={isReadOnly}
          onChange={event => onChange({ ...alias, name: event.target.value })}
        />
      </label>
      <ol className="routing-list">
        {models.map((model, index) => (
          <li key={index}>
            <input
              aria-label={t('routing.modelNumber', { number: String(index + 1) })}
              value={model}
              spellCheck={false}
              readOnly={isReadOnly}
              onChange={event => put(models.with(index, event.target.value))}
            />
            {!isReadOnly && (
              <span className="actions">
                <MoveButtons
                  name={t('routing.theModel', { number: String(index + 1) })}
                  id={`${fieldsId}-${index}`}
                  canMove={direction => (direction === 'up' ? index > 0 : index < models.length - 1)}
                  onMove={direction => move(index, direction)}
                />
                <button
                  type="button"
                  className="button button-quiet"
                  aria-label={t('routing.removeModel', { number: String(index + 1) })}
                  disabled={models.length === 1}
                  onClick={() => put(models.filter((_, at) => at !== index))}
                >
                  {t('common.remove')}
                </button>
              </span>
            )}
          </li>
        ))}
      </ol>
      {!isReadOnly && (
        <div className="actions">
          <button type="button" className="button" onClick={() => put([...models, ''])}>
            {t('routing.addModel')}
          </button>
          <button type="button" className="button button-quiet" onClick={onRemove}>
            {t('routing.removeAlias')}
          </button>
        </div>
      )}
    </fieldset>
  )
}
