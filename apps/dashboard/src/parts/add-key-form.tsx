import { isSample, sampleNamed, unpooled } from '@quotakeeper/vendors/paste'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { type Provider, useApiClient } from '../data/api.js'
import { addProvider, checkText, type NewProvider } from '../keys/add-provider.js'
import { keyProblem, plainAddress } from '../keys/enter-key.js'
import { freeName, needsAddress, presetsOf, presetText, titleOf, vendorChoices } from '../keys/key-choices.js'
import { type DraftLimit, draftProblem, emptyDraft, limitOf } from '../show/limit-draft.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'
import type { Translate } from '../texts/translate.js'
import { LimitFields } from './limit-fields.js'

type LimitChoice = 'preset' | 'own' | 'none'

const maxLimits = 20

/** Adds a provider and its key: sealed here, checked by the gateway, used at once. */
export function AddKeyForm({ providers }: { readonly providers: readonly Provider[] }) {
  const client = useApiClient()
  const { t } = useLanguage()
  const queryClient = useQueryClient()
  const id = useId()
  const [vendor, setVendor] = useState('groq')
  const [typedName, setName] = useState<string | null>(null)
  const [key, setKey] = useState('')
  const [address, setAddress] = useState('')
  const [chosenPreset, setPreset] = useState<string | null>(null)
  const [choice, setChoice] = useState<LimitChoice>('preset')
  const [drafts, setDrafts] = useState<readonly DraftLimit[]>([emptyDraft])
  const [isShared, setShared] = useState(true)
  const [problem, setProblem] = useState<string | null>(null)
  // A sample gives way to a real key.
  const own = providers.filter(provider => !isSample(provider))
  const siblings = own.filter(provider => provider.vendor === vendor)
  const name = typedName ?? freeName(vendor, new Set(own.map(provider => provider.name)))
  const presets = presetsOf(vendor)
  const preset = chosenPreset !== null && presets.includes(chosenPreset) ? chosenPreset : (presets[0] ?? null)
  const limits: LimitChoice = preset === null && choice === 'preset' ? 'none' : choice
  const add = useMutation({
    mutationFn: (provider: NewProvider) => addProvider(t, client, provider),
    onSuccess: async ({ entered }) => {
      if (entered !== null) {
        setKey('')
        setName(null)
      }
      await queryClient.invalidateQueries()
    },
  })
  const submit = (anyway: boolean): void => {
    const found =
      keyProblem(t, key) ??
      nameProblem(t, name, own) ??
      (needsAddress(vendor) && address.trim() === '' ? t('addKey.enterBaseUrl') : null) ??
      (limits === 'own'
        ? (drafts.map((draft, index) => draftProblem(t, draft, index)).find(text => text !== null) ?? null)
        : null)
    setProblem(found)
    add.reset()
    if (found !== null) return
    const pool =
      siblings.length > 0 && isShared
        ? (siblings.find(each => each.pool !== null)?.pool ?? `${vendor}-keys`)
        : null
    add.mutate({
      ...{ name, vendor, key: key.trim(), pool, label: null, anyway },
      baseUrl: address.trim() === '' ? null : plainAddress(address),
      preset: limits === 'preset' ? preset : null,
      limits: limits === 'own' ? drafts.map(limitOf) : [],
      poolWith: pool === null ? [] : unpooled(own, vendor),
      sample: sampleNamed(providers, name),
    })
  }
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    submit(false)
  }
  // A refusal is that of one key at one vendor: another has not been checked.
  const isAsChecked = add.variables?.key === key.trim() && add.variables.vendor === vendor
  const refused = isAsChecked && add.data?.entered === null ? add.data.check : null
  return (
    <form className="card form" onSubmit={onSubmit} aria-labelledby={`${id}-title`} noValidate>
      <h2 id={`${id}-title`}>{t('addKey.title')}</h2>
      <label className="form-field">
        {t('common.vendor')}
        <select
          value={vendor}
          onChange={event => {
            setVendor(event.target.value)
            setName(null)
            setAddress('')
          }}
        >
          {vendorChoices.map(each => (
            <option key={each.name} value={each.name}>
              {each.name === 'custom' ? t('addKey.anotherVendor') : each.title}
            </option>
          ))}
        </select>
      </label>
      <label className="form-field">
        {t('common.name')}
        <input value={name} onChange={event => setName(event.target.value)} spellCheck={false} />
      </label>
      <label className="form-field">
        {t('keys.key')}
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={event => setKey(event.target.value)}
          aria-describedby={`${id}-sealed`}
        />
      </label>
      <p id={`${id}-sealed`} className="hint">
        {t('addKey.sealed')}
      </p>
      {(needsAddress(vendor) || address !== '') && (
        <label className="form-field">
          {t('addKey.baseUrl')}
          <input
            type="url"
            placeholder="https://api.example.com/v1"
            value={address}
            onChange={event => setAddress(event.target.value)}
          />
        </label>
      )}
      <fieldset className="choices">
        <legend>{t('common.limits')}</legend>
        {preset !== null && (
          <label>
            <input
              type="radio"
              name={`${id}-limits`}
              checked={limits === 'preset'}
              onChange={() => setChoice('preset')}
            />
            {presets.length === 1
              ? t.rich('addKey.namedPresetLimits', { code, name: preset, preset: presetText(t, preset) })
              : t('addKey.presetLimits', { preset: presetText(t, preset) })}
          </label>
        )}
        {preset !== null && presets.length > 1 && limits === 'preset' && (
          <label className="form-field">
            {t('addKey.tier')}
            <select value={preset} onChange={event => setPreset(event.target.value)}>
              {presets.map(each => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        )}
        <label>
          <input
            type="radio"
            name={`${id}-limits`}
            checked={limits === 'own'}
            onChange={() => setChoice('own')}
          />
          {t('addKey.ownLimits')}
        </label>
        <label>
          <input
            type="radio"
            name={`${id}-limits`}
            checked={limits === 'none'}
            onChange={() => setChoice('none')}
          />
          {t('addKey.noLimits')}
        </label>
      </fieldset>
      {limits === 'own' && (
        <>
          {drafts.map((draft, index) => (
            <LimitFields
              key={index}
              number={index + 1}
              draft={draft}
              onChange={changed =>
                setDrafts(drafts.map((each, at) => (at === index ? { ...each, ...changed } : each)))
              }
              onRemove={() => setDrafts(drafts.filter((_, at) => at !== index))}
            />
          ))}
          {drafts.length < maxLimits && (
            <button type="button" className="button" onClick={() => setDrafts([...drafts, emptyDraft])}>
              {t('limits.add')}
            </button>
          )}
        </>
      )}
      {siblings.length > 0 && (
        <fieldset className="choices">
          <legend>{t('addKey.sameAccount', { vendor: titleOf(vendor), names: namesOf(t, siblings) })}</legend>
          <label>
            <input type="radio" name={`${id}-pool`} checked={isShared} onChange={() => setShared(true)} />
            {t('addKey.shares')}
          </label>
          <label>
            <input type="radio" name={`${id}-pool`} checked={!isShared} onChange={() => setShared(false)} />
            {t('addKey.sharesNot')}
          </label>
        </fieldset>
      )}
      {(problem ?? add.error) !== null && (
        <p className="field-error" role="alert">
          {problem ?? t('addKey.notAdded', { message: add.error?.message ?? '' })}
        </p>
      )}
      {refused !== null && (
        <p className="field-error" role="alert">
          {t('addKey.notAddedCheck', { check: checkText(t, refused) })}
        </p>
      )}
      <div className="actions">
        <button type="submit" className="button button-main" disabled={add.isPending}>
          {t(add.isPending ? 'common.checking' : 'addKey.checkAndAdd')}
        </button>
        {refused !== null && (
          <button type="button" className="button" disabled={add.isPending} onClick={() => submit(true)}>
            {t('addKey.addAnyway')}
          </button>
        )}
      </div>
      <div role="status">
        {add.data?.entered != null && (
          <p>
            {t('addKey.added', {
              name: add.data.entered.providerName,
              check: checkText(t, add.data.check),
            })}{' '}
            {add.data.entered.sameAs !== null && t('keys.sameKeyCounted', { name: add.data.entered.sameAs })}
          </p>
        )}
        {add.data?.poolProblem != null && <p className="field-error">{add.data.poolProblem}</p>}
      </div>
    </form>
  )
}

function nameProblem(t: Translate, name: string, own: readonly Provider[]): string | null {
  if (name.trim() === '') return t('addKey.enterName')
  return own.some(provider => provider.name === name) ? t('addKey.nameTaken', { name }) : null
}

const maxNames = 3

function namesOf(t: Translate, providers: readonly Provider[]): string {
  const listed = providers.slice(0, maxNames).map(({ name }) => name)
  const names = listed.join(t('formats.listComma'))
  const more = providers.length - listed.length
  return more > 0 ? t('addKey.namesAndMore', { names, count: String(more) }) : names
}
