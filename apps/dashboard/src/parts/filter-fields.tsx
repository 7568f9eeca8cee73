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
  return (
    <label className="field-inline">
      <span className="field-name">{name}</span>
      <input value={value} onChange={event => onChange(event.target.value)} placeholder="any" />
    </label>
  )
}

/** A choice filter of a list; `''` for all. */
export function FilterChoice<Choice extends string>({
  name,
  choices,
  value,
  onChange,
}: {
  readonly name: string
  readonly choices: readonly Choice[]
  readonly value: Choice | ''
  readonly onChange: (value: Choice | '') => void
}) {
  return (
    <label className="field-inline">
      <span className="field-name">{name}</span>
      <select
        value={value}
        onChange={event => onChange(choices.find(choice => choice === event.target.value) ?? '')}
      >
        <option value="">any</option>
        {choices.map(choice => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
    </label>
  )
}
