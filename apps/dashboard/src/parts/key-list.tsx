import { useMutation, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { type Outputs, type Provider, useApi } from '../data/api.js'
import { useFilters } from '../data/use-filters.js'
import { useNow } from '../data/use-now.js'
import { clockTime } from '../show/instants.js'
import { keyFilters } from '../show/page-filters.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { FilterText } from './filter-fields.js'
import { FailedNotice, Loading } from './notices.js'
import { ReplaceKeyDialog } from './replace-key-dialog.js'
import { useDone } from './use-done.js'
import { VirtualList } from './virtual-list.js'

type ReportedKey = Outputs['keys']['list'][number]
type EnteredKey = Outputs['keys']['entered']['keys'][number]

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
      <h2 id="keys-title">Keys in use</h2>
      {reported.error !== null && <FailedNotice what="What gateways report" error={reported.error} />}
      {reported.data === undefined ? (
        reported.error === null && <Loading what="what gateways report" />
      ) : (
        <>
          {providers.length > 1 && (
            <div className="filter">
              <FilterText name="Find" value={search} onChange={text => change({ search: text })} />
            </div>
          )}
          {found.length === 0 ? (
            <p className="quiet">{providers.length === 0 ? 'None yet.' : 'No provider matches.'}</p>
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
  return (
    <div className="actions">
      <button
        type="button"
        className="button"
        onClick={() => onChoose('replace')}
        aria-label={isEntered ? `Replace the key of ${name}` : `Enter a key for ${name}`}
      >
        {isEntered ? 'Replace' : 'Enter a key'}
      </button>
      {isEntered && (
        <button
          type="button"
          className="button button-danger"
          onClick={() => onChoose('remove')}
          aria-label={`Remove the key of ${name}`}
        >
          Remove
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
  const missing = reported.find(({ reason }) => reason !== null)
  const set = reported.find(({ reason }) => reason === null)
  const from =
    entered !== null
      ? `entered ${clockTime(entered.enteredAt, nowMs)}, ${entered.fingerprint}`
      : set !== undefined
        ? `${set.variable === null ? 'from a variable' : `from ${set.variable}`}, ${set.fingerprint ?? ''}`
        : reported.length === 0
          ? 'not reported by a gateway yet'
          : 'no key'
  const check = set?.check ?? null
  return (
    <div>
      <Link href={`/providers/${encodeURIComponent(name)}`} className="provider-name">
        {name}
      </Link>{' '}
      <span className="quiet">
        {vendor}: {from}
      </span>
      {set === undefined && missing?.reason != null && <p className="quiet">{missing.reason}</p>}
      {check !== null && (
        <p className={check.result === 'refused' || check.result === 'no_money' ? 'field-error' : 'quiet'}>
          {checkWord(check.result)} {clockTime(check.checkedAt, nowMs)}
          {check.httpStatus !== null && ` (HTTP ${check.httpStatus})`}
        </p>
      )}
    </div>
  )
}

function checkWord(result: string): string {
  const words: Readonly<Record<string, string>> = {
    ok: 'accepted by the vendor',
    limited: 'accepted, without quota,',
    refused: 'refused by the vendor',
    no_money: 'refused for lack of money',
    unreachable: 'the vendor did not answer',
    unproven: 'not proven by the vendor’s answer',
  }
  return words[result] ?? result
}

function RemoveKeyDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const api = useApi()
  const done = useDone(onClose)
  const remove = useMutation(
    api.keys.remove.mutationOptions({ onSuccess: done(`The key of ${name} is removed.`) }),
  )
  return (
    <ConfirmDialog
      title={`Remove the key of ${name}?`}
      action="Remove"
      isDangerous
      isBusy={remove.isPending}
      error={remove.error?.message ?? null}
      onConfirm={() => remove.mutate({ providerName: name })}
      onCancel={onClose}
    >
      <p>
        Gateways stop using it within two seconds. It cannot be read again; a variable of the gateway with a
        key for {name} is used instead, if there is one.
      </p>
    </ConfirmDialog>
  )
}
