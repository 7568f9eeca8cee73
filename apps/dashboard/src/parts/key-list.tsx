import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { type Outputs, type Provider, useApi } from '../data/api.js'
import { useFilters } from '../data/use-filters.js'
import { useNow } from '../data/use-now.js'
import { keyFilters } from '../show/page-filters.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { FilterText } from './filter-fields.js'
import { FailedNotice, Loading } from './notices.js'
import { ReplaceKeyDialog } from './replace-key-dialog.js'
import { useDone } from './use-done.js'
import { VirtualList } from './virtual-list.js'

type ReportedKey = Outputs['keys']['list'][number]
type EnteredKey = Outputs['keys']['entered']['keys'][number]

/** How a check may end; one of a newer release is named as it is. */
const results = ['ok', 'limited', 'refused', 'no_money', 'unreachable', 'unproven'] as const

const everyMs = 5_000
const likelyHeight = 64

interface KeyListProps {
  readonly providers: readonly Provider[]
  readonly entered: readonly EnteredKey[]
  readonly mayChange: boolean
}

/** The keys of providers: where each is from, how its last check ended, and what may be done. */
export function KeyList({ providers, entered, mayChange }: KeyListProps) {
  const api = useApi()
  const { t } = useLanguage()
  const reported = useQuery(api.keys.list.queryOptions(undefined, { refetchInterval: everyMs }))
  const [action, setAction] = useState<{ readonly name: string; readonly kind: 'replace' | 'remove' } | null>(
    null,
  )
  const [{ search }, change] = useFilters(keyFilters)
  const byName = useMemo(() => new Map(entered.map(key => [key.providerName, key])), [entered])
  const found = useMemo(() => providersNamed(providers, search), [providers, search])
  const reportedOf = useMemo(() => byProvider(reported.data ?? []), [reported.data])
  const close = (): void => setAction(null)
  return (
    <section aria-labelledby="keys-title">
      <h2 id="keys-title">{t('keys.inUse')}</h2>
      {reported.error !== null && <FailedNotice what={t('keys.reported')} error={reported.error} />}
      {reported.data === undefined ? (
        reported.error === null && <Loading what={t('keys.theReported')} />
      ) : (
        <>
          {providers.length > 1 && (
            <div className="filter">
              <FilterText name={t('keys.find')} value={search} onChange={text => change({ search: text })} />
            </div>
          )}
          {found.length === 0 ? (
            <p className="quiet">{t(providers.length === 0 ? 'provider.noneYet' : 'overview.noMatch')}</p>
          ) : (
            <VirtualList
              rows={found}
              keyOf={({ name }) => name}
              likelyHeight={likelyHeight}
              className="key-list"
              rowClassName="key-row"
            >
              {provider => (
                <>
                  <KeyRow
                    provider={provider}
                    entered={byName.get(provider.name) ?? null}
                    reported={reportedOf.get(provider.name) ?? []}
                  />
                  {mayChange && (
                    <KeyActions
                      name={provider.name}
                      isEntered={byName.has(provider.name)}
                      onChoose={kind => setAction({ name: provider.name, kind })}
                    />
                  )}
                </>
              )}
            </VirtualList>
          )}
        </>
      )}
      {action?.kind === 'replace' && <ReplaceKeyDialog name={action.name} onClose={close} />}
      {action?.kind === 'remove' && <RemoveKeyDialog name={action.name} onClose={close} />}
    </section>
  )
}

/** Those whose name or vendor contains a text, ignoring case. */
function providersNamed(providers: readonly Provider[], search: string): readonly Provider[] {
  const wanted = search.trim().toLowerCase()
  return providers.filter(
    ({ name, vendor }) => name.toLowerCase().includes(wanted) || vendor.toLowerCase().includes(wanted),
  )
}

function KeyActions({
  name,
  isEntered,
  onChoose,
}: {
  readonly name: string
  readonly isEntered: boolean
  readonly onChoose: (kind: 'replace' | 'remove') => void
}) {
  const { t } = useLanguage()
  return (
    <div className="actions">
      <button
        type="button"
        className="button"
        onClick={() => onChoose('replace')}
        aria-label={t(isEntered ? 'keys.replaceOf' : 'keys.enterFor', { name })}
      >
        {t(isEntered ? 'keys.replace' : 'keys.enter')}
      </button>
      {isEntered && (
        <button
          type="button"
          className="button button-danger"
          onClick={() => onChoose('remove')}
          aria-label={t('keys.removeOf', { name })}
        >
          {t('common.remove')}
        </button>
      )}
    </div>
  )
}

/** Grouped once: a search among all keys for each provider would be quadratic. */
function byProvider(keys: readonly ReportedKey[]): ReadonlyMap<string, readonly ReportedKey[]> {
  const found = new Map<string, ReportedKey[]>()
  for (const key of keys) {
    const others = found.get(key.providerName)
    if (others === undefined) found.set(key.providerName, [key])
    else others.push(key)
  }
  return found
}

function KeyRow({
  provider: { name, vendor },
  entered,
  reported,
}: {
  readonly provider: Provider
  readonly entered: EnteredKey | null
  readonly reported: readonly ReportedKey[]
}) {
  const nowMs = useNow()
  const { t, clockTime } = useLanguage()
  const missing = reported.find(({ reason }) => reason !== null)
  const set = reported.find(({ reason }) => reason === null)
  const from =
    entered !== null
      ? t('keys.entered', {
          vendor,
          when: clockTime(entered.enteredAt, nowMs),
          fingerprint: entered.fingerprint,
        })
      : set !== undefined
        ? set.variable === null
          ? t('keys.fromSomeVariable', { vendor, fingerprint: set.fingerprint ?? '' })
          : t('keys.fromVariable', { vendor, variable: set.variable, fingerprint: set.fingerprint ?? '' })
        : t(reported.length === 0 ? 'keys.notReported' : 'keys.noKey', { vendor })
  const check = set?.check ?? null
  return (
    <div>
      <Link href={`/providers/${encodeURIComponent(name)}`} className="provider-name">
        {name}
      </Link>{' '}
      <span className="quiet">{from}</span>
      {set === undefined && missing?.reason != null && (
        <p className="quiet" lang="en">
          {missing.reason}
        </p>
      )}
      {check !== null && (
        <p className={check.result === 'refused' || check.result === 'no_money' ? 'field-error' : 'quiet'}>
          {t(`keys.checked.${results.find(result => result === check.result) ?? 'other'}`, {
            result: check.result,
            when: clockTime(check.checkedAt, nowMs),
            status: check.httpStatus === null ? '' : t('keys.status', { status: String(check.httpStatus) }),
          })}
        </p>
      )}
    </div>
  )
}

function RemoveKeyDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const api = useApi()
  const done = useDone(onClose)
  const { t } = useLanguage()
  const remove = useMutation(
    api.keys.remove.mutationOptions({ onSuccess: done(t('keys.removed', { name })) }),
  )
  return (
    <ConfirmDialog
      title={t('keys.removeTitle', { name })}
      action={t('common.remove')}
      isDangerous
      isBusy={remove.isPending}
      error={remove.error?.message ?? null}
      onConfirm={() => remove.mutate({ providerName: name })}
      onCancel={onClose}
    >
      <p>{t('keys.removeText', { name })}</p>
    </ConfirmDialog>
  )
}
