import { useState } from 'react'
import { isDay } from '../show/filters.js'
import { useLanguage } from '../texts/language-provider.js'

/** A text filter of a list; empty for all. */
export function FilterText({
  name,
  value,
  onChange,
}: {
  readonly name: string
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  const { t } = useLanguage()
  return (
    <label className="field-inline">
      <span className="field-name">{name}</span>
      <input value={value} onChange={event => onChange(event.target.value)} placeholder={t('common.any')} />
    </label>
  )
}

/** A choice filter of a list; `''` for all. */
export function FilterChoice<Choice extends string>({
  name,
  choices,
  value,
  onChange,
  word,
}: {
  readonly name: string
  readonly choices: readonly Choice[]
  readonly value: Choice | ''
  readonly onChange: (value: Choice | '') => void
  /** A choice in the reader's language. */
  readonly word: (choice: Choice) => string
}) {
  const { t } = useLanguage()
  return (
    <label className="field-inline">
      <span className="field-name">{name}</span>
      <select
        value={value}
        onChange={event => onChange(choices.find(choice => choice === event.target.value) ?? '')}
      >
        <option value="">{t('common.any')}</option>
        {choices.map(choice => (
          <option key={choice} value={choice}>
            {word(choice)}
          </option>
        ))}
      </select>
    </label>
  )
}

/** A day filter. What is typed is taken once it is a day: the year 0002 is on the way to 2026. */
export function FilterDay({
  name,
  value,
  min,
  max,
  onChange,
}: {
  readonly name: string
  readonly value: string
  readonly min?: string
  readonly max?: string
  readonly onChange: (day: string) => void
}) {
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <label className="field-inline">
      <span className="field-name">{name}</span>
      <input
        type="date"
        value={typed ?? value}
        min={min}
        max={max}
        onChange={event => {
          const text = event.target.value
          setTyped(text)
          if (isDay(text)) onChange(text)
        }}
        onBlur={() => setTyped(null)}
      />
    </label>
  )
}
