import { type PoolQuestion, parsePastedKeys, planProviders, withoutLines } from '@quotakeeper/vendors/paste'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import { type Provider, useApiClient } from '../data/api.js'
import { addProvider, checkText } from '../keys/add-provider.js'
import { titleOf } from '../keys/key-choices.js'
import { unpooled } from '../keys/unpooled.js'

/** Most duplicates, and most skipped lines, that are listed: a text may have hundreds of thousands. */
const maxListed = 100

/** What became of one of the keys. */
interface Result {
  readonly name: string
  readonly isAdded: boolean
  readonly text: string
}

/** Adds the keys of a pasted text; of a vendor with several it asks whether they share a quota. */
export function PasteKeys({ providers }: { readonly providers: readonly Provider[] }) {
  const client = useApiClient()
  const queryClient = useQueryClient()
  const id = useId()
  const [text, setText] = useState('')
  const [separate, setSeparate] = useState<ReadonlySet<string>>(new Set())
  const [isBusy, setBusy] = useState(false)
  const [results, setResults] = useState<readonly Result[]>([])
  const read = useMemo(() => parsePastedKeys(text), [text])
  // A sample gives way to a real key.
  const own = useMemo(() => providers.filter(({ managedBy }) => managedBy !== 'demo'), [providers])
  const plan = useMemo(
    () =>
      planProviders(
        read.keys,
        own.map(({ name }) => name),
        own,
      ),
    [read, own],
  )
  const ask = ({ vendor }: PoolQuestion, isShared: boolean): void => {
    const vendors = new Set(separate)
    if (isShared) vendors.delete(vendor)
    else vendors.add(vendor)
    setSeparate(vendors)
  }
  const addAll = async (): Promise<void> => {
    setBusy(true)
    setResults([])
    const done = new Set<number>()
    for (const { line, name, vendor, key, label, baseUrl, preset, ...planned } of plan.providers) {
      const pool = separate.has(vendor) ? null : planned.pool
      const provider = {
        ...{ name, vendor, key, label, baseUrl, preset, pool, limits: [], anyway: false },
        poolWith: pool === null ? [] : unpooled(own, vendor),
      }
      let result: Result
      try {
        const { check, entered } = await addProvider(client, provider)
        const same = entered?.sameAs == null ? '' : ` ${entered.sameAs} has the same key.`
        if (entered !== null) done.add(line)
        result = { name, isAdded: entered !== null, text: `${checkText(check)}${same}` }
      } catch (error) {
        result = { name, isAdded: false, text: error instanceof Error ? error.message : String(error) }
      }
      setResults(before => [...before, result])
    }
    for (const { line, sameAsLine } of read.duplicates) if (done.has(sameAsLine)) done.add(line)
    setText(withoutLines(text, done))
    setSeparate(new Set())
    setBusy(false)
    await queryClient.invalidateQueries()
  }
  const added = results.filter(({ isAdded }) => isAdded).length
  const count = plan.providers.length
  const unlisted =
    Math.max(0, read.duplicates.length - maxListed) + Math.max(0, read.skipped.length - maxListed)
  return (
    <section className="card form" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Paste several keys</h2>
      <label className="form-field">
        Lines of .env, lines platform,key,label, or JSON with platform and key
        <textarea
          rows={5}
          value={text}
          readOnly={isBusy}
          autoComplete="off"
          spellCheck={false}
          onChange={event => {
            setText(event.target.value)
            setResults([])
          }}
        />
      </label>
      {!isBusy && text.trim() !== '' && (
        <>
          <p role="status">
            {count} {count === 1 ? 'key' : 'keys'}, {read.duplicates.length}{' '}
            {read.duplicates.length === 1 ? 'duplicate' : 'duplicates'}, {read.skipped.length} skipped.
          </p>
          <ul className="steps" aria-label="What was read">
            {read.duplicates.slice(0, maxListed).map(({ line, vendor, sameAsLine }) => (
              <li key={line}>
                Line {line}: the same {titleOf(vendor)} key as in line {sameAsLine}, taken once.
              </li>
            ))}
            {read.skipped.slice(0, maxListed).map(({ line, reason }) => (
              <li key={line}>
                Line {line} is skipped: {reason}.
              </li>
            ))}
            {unlisted > 0 && <li>{unlisted} more duplicates or skipped lines.</li>}
            {plan.providers.map(({ name, vendor, preset, label }) => (
              <li key={name}>
                <strong>{name}</strong>, {titleOf(vendor)}
                {label !== null && ` (${label})`}: {preset === null ? 'no limits' : `limits of ${preset}`}.
              </li>
            ))}
          </ul>
          {plan.questions.map(question => (
            <fieldset key={question.vendor} className="choices">
              <legend>
                {question.title}: do {[...question.existing, ...question.names].join(' and ')} belong to one
                account?
              </legend>
              <label>
                <input
                  type="radio"
                  name={`${id}-${question.vendor}`}
                  checked={!separate.has(question.vendor)}
                  onChange={() => ask(question, true)}
                />
                yes: they share one quota
              </label>
              <label>
                <input
                  type="radio"
                  name={`${id}-${question.vendor}`}
                  checked={separate.has(question.vendor)}
                  onChange={() => ask(question, false)}
                />
                no: each has its own
              </label>
            </fieldset>
          ))}
        </>
      )}
      <div className="actions">
        <button
          type="button"
          className="button button-main"
          disabled={isBusy || count === 0}
          onClick={() => void addAll()}
        >
          {isBusy
            ? `Checking ${Math.min(results.length + 1, count)} of ${count} …`
            : count < 2
              ? 'Check and add'
              : `Check and add ${count} keys`}
        </button>
      </div>
      <div role="status">
        {results.length > 0 && !isBusy && (
          <p>
            {added} added, {results.length - added} not added.
            {text !== '' && ' What was not added is still in the field above.'}
          </p>
        )}
      </div>
      {results.length > 0 && (
        <ul className="steps" aria-label="Results">
          {results.map(({ name, isAdded, text: reason }) => (
            <li key={name} className={isAdded ? undefined : 'field-error'}>
              {name} is {isAdded ? 'added' : 'not added'}: {reason}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
