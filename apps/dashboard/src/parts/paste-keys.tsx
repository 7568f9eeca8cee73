import {
  type PoolQuestion,
  parsePastedKeys,
  planProviders,
  sampleNamed,
  unpooled,
  withoutLines,
} from '@quotakeeper/vendors/paste'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useMemo, useState } from 'react'
import { type Provider, useApiClient } from '../data/api.js'
import { addedText, addProvider } from '../keys/add-provider.js'
import { titleOf } from '../keys/key-choices.js'
import { useLanguage } from '../texts/language-provider.js'
import { strong } from '../texts/tags.js'

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
  const { t, skipText } = useLanguage()
  const queryClient = useQueryClient()
  const id = useId()
  const [text, setText] = useState('')
  const [separate, setSeparate] = useState<ReadonlySet<string>>(new Set())
  const [isBusy, setBusy] = useState(false)
  const [results, setResults] = useState<readonly Result[]>([])
  const read = useMemo(() => parsePastedKeys(text), [text])
  const plan = useMemo(() => planProviders(read.keys, providers), [read, providers])
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
        poolWith: pool === null ? [] : unpooled(providers, vendor),
        sample: sampleNamed(providers, name),
      }
      let result: Result
      try {
        const added = await addProvider(t, client, provider)
        const isAdded = added.entered !== null
        if (isAdded) done.add(line)
        result = { name, isAdded, text: addedText(t, added) }
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
      <h2 id={`${id}-title`}>{t('pasteKeys.title')}</h2>
      <label className="form-field">
        {t('pasteKeys.field')}
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
            {t('pasteKeys.read', {
              keys: count,
              duplicates: read.duplicates.length,
              skipped: String(read.skipped.length),
            })}
          </p>
          <ul className="steps" aria-label={t('pasteKeys.whatWasRead')}>
            {read.duplicates.slice(0, maxListed).map(({ line, vendor, sameAsLine }) => (
              <li key={line}>
                {t('pasteKeys.duplicate', {
                  line: String(line),
                  vendor: titleOf(vendor),
                  sameAsLine: String(sameAsLine),
                })}
              </li>
            ))}
            {read.skipped.slice(0, maxListed).map(skipped => (
              <li key={skipped.line}>
                {t('pasteKeys.skipped', { line: String(skipped.line), reason: skipText(skipped) })}
              </li>
            ))}
            {unlisted > 0 && <li>{t('pasteKeys.unlisted', { count: String(unlisted) })}</li>}
            {plan.providers.map(({ name, vendor, preset, label }) => (
              <li key={name}>
                {t.rich(label === null ? 'pasteKeys.planned' : 'pasteKeys.plannedLabel', {
                  strong,
                  name,
                  vendor: titleOf(vendor),
                  label: label ?? '',
                  limits: preset === null ? t('pasteKeys.noLimits') : t('pasteKeys.limitsOf', { preset }),
                })}
              </li>
            ))}
          </ul>
          {plan.questions.map(question => (
            <fieldset key={question.vendor} className="choices">
              <legend>
                {t('pasteKeys.oneAccount', {
                  vendor: question.title,
                  names: [...question.existing, ...question.names].join(t('pasteKeys.and')),
                })}
              </legend>
              <label>
                <input
                  type="radio"
                  name={`${id}-${question.vendor}`}
                  checked={!separate.has(question.vendor)}
                  onChange={() => ask(question, true)}
                />
                {t('addKey.shares')}
              </label>
              <label>
                <input
                  type="radio"
                  name={`${id}-${question.vendor}`}
                  checked={separate.has(question.vendor)}
                  onChange={() => ask(question, false)}
                />
                {t('pasteKeys.sharesNot')}
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
            ? t('pasteKeys.checking', {
                number: String(Math.min(results.length + 1, count)),
                count: String(count),
              })
            : count < 2
              ? t('addKey.checkAndAdd')
              : t('pasteKeys.checkAndAddAll', { count: String(count) })}
        </button>
      </div>
      <div role="status">
        {results.length > 0 && !isBusy && (
          <p>
            {t('pasteKeys.sum', { added: String(added), failed: String(results.length - added) })}{' '}
            {text !== '' && t('pasteKeys.kept')}
          </p>
        )}
      </div>
      {results.length > 0 && (
        <ul className="steps" aria-label={t('pasteKeys.results')}>
          {results.map(({ name, isAdded, text: reason }) => (
            <li key={name} className={isAdded ? undefined : 'field-error'}>
              {t(isAdded ? 'pasteKeys.added' : 'pasteKeys.notAdded', { name, reason })}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
