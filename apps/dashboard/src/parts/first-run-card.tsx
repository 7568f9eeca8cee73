import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { checkText } from '../keys/add-provider.js'
import { callLanguages, firstCallText } from '../show/first-call.js'
import { useLanguage } from '../texts/language-provider.js'
import { code } from '../texts/tags.js'

const everyMs = 2_000
const storageKey = 'quotakeeper-first-run'
const accepted: readonly string[] = ['ok', 'limited']

/**
 * The way to the first routed call: a key, its check, the call. Its steps are ticked as they happen; it is not shown once
 * there was a call, or after it was hidden.
 */
export function FirstRunCard() {
  const api = useApi()
  const { t } = useLanguage()
  const [isHidden, setHidden] = useState(wasHidden)
  const [wasOpen, setOpen] = useState(false)
  const calls = useQuery(
    api.requests.list.queryOptions(
      { outcome: 'answered', pageSize: 1 },
      {
        enabled: !isHidden,
        refetchInterval: ({ state }) => (state.data?.rows[0] === undefined ? everyMs : false),
      },
    ),
  )
  const call = calls.data?.rows[0]
  // Nothing is asked for a card that is not shown.
  const isShown = !isHidden && calls.data !== undefined && (call === undefined || wasOpen)
  const live = { enabled: isShown, refetchInterval: everyMs }
  const keys = useQuery(api.keys.list.queryOptions(undefined, live))
  const gateway = useQuery(api.gateway.get.queryOptions(undefined, live))
  const check = useMutation(api.keys.check.mutationOptions())
  if (!isShown || keys.data === undefined || gateway.data === undefined) return null
  if (!wasOpen) setOpen(true)
  const set = keys.data.filter(({ reason }) => reason === null)
  const [first] = set
  const isAccepted =
    call !== undefined ||
    set.some(key => key.check !== null && accepted.includes(key.check.result)) ||
    (check.data !== undefined && accepted.includes(check.data.result))
  const hide = (): void => {
    rememberHidden()
    setHidden(true)
  }
  return (
    <section className="card first-run" aria-labelledby="first-run-title">
      <div className="section-row">
        <h2 id="first-run-title">{t(call === undefined ? 'firstRun.title' : 'firstRun.titleDone')}</h2>
        <button type="button" className="button button-quiet" onClick={hide}>
          {t(call === undefined ? 'firstRun.hide' : 'common.close')}
        </button>
      </div>
      {gateway.data.fault !== null && (
        <p className="field-error" lang="en">
          {gateway.data.fault}.
        </p>
      )}
      <ol className="first-steps">
        <Step isDone={first !== undefined} title={t('firstRun.addKey')}>
          {first === undefined
            ? t.rich('firstRun.enterOne', { code, keys: chunks => <Link href="/keys">{chunks}</Link> })
            : set.length === 1
              ? t('firstRun.canBeUsed', { name: first.providerName })
              : t('firstRun.keysCanBeUsed', { count: String(set.length) })}
        </Step>
        <Step isDone={isAccepted} title={t('firstRun.check')}>
          {isAccepted ? (
            t('firstRun.accepted')
          ) : first === undefined ? (
            t('firstRun.checkIsFree')
          ) : (
            <>
              <button
                type="button"
                className="button"
                disabled={check.isPending}
                onClick={() => check.mutate({ providerName: first.providerName })}
              >
                {check.isPending
                  ? t('common.checking')
                  : t('firstRun.checkName', { name: first.providerName })}
              </button>
              {check.data !== undefined && <span className="field-error"> {checkText(t, check.data)}</span>}
              {check.error !== null && <span className="field-error"> {check.error.message}</span>}
            </>
          )}
        </Step>
        <Step isDone={call !== undefined} title={t('firstRun.call')}>
          {call === undefined
            ? t.rich('firstRun.tryOne', {
                code,
                url: `${gateway.data.url}/v1`,
                try: chunks => <Link href="/try">{chunks}</Link>,
              })
            : t.rich('firstRun.served', {
                name: call.providerName,
                request: chunks => (
                  <Link href={`/requests/${encodeURIComponent(call.requestId)}`}>{chunks}</Link>
                ),
              })}
        </Step>
      </ol>
      {call === undefined && (
        <CallText
          url={gateway.data.url}
          needsToken={gateway.data.needsToken}
          canList={first !== undefined && gateway.data.fault === null}
        />
      )}
    </section>
  )
}

function Step({
  isDone,
  title,
  children,
}: {
  readonly isDone: boolean
  readonly title: string
  readonly children: ReactNode
}) {
  const { t } = useLanguage()
  return (
    <li data-done={isDone}>
      <span className="step-mark" aria-hidden="true">
        {isDone ? '✓' : '○'}
      </span>
      <div>
        <strong>{title}</strong>
        <span className="unseen" role="status">
          {isDone ? t('firstRun.stepDone', { title }) : ''}
        </span>
        <div>{children}</div>
      </div>
    </li>
  )
}

const modelUntilKnown = 'groq/llama-3.1-8b-instant'

function CallText({
  url,
  needsToken,
  canList,
}: {
  readonly url: string
  readonly needsToken: boolean
  readonly canList: boolean
}) {
  const api = useApi()
  const { t } = useLanguage()
  const models = useQuery(api.gateway.models.queryOptions(undefined, { enabled: canList, retry: false }))
  const [language, setLanguage] = useState<(typeof callLanguages)[number]>('curl')
  const [copied, setCopied] = useState('')
  const text = firstCallText(language, { url, needsToken, model: models.data?.models[0] ?? modelUntilKnown })
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(t('common.copied'))
    } catch {
      // Browsers allow it only over TLS and on this machine.
      setCopied(t('firstRun.noCopying'))
    }
  }
  return (
    <div className="call-text">
      <div className="section-row">
        <fieldset className="chips">
          <legend className="unseen">{t('firstRun.language')}</legend>
          {callLanguages.map(each => (
            <label key={each} className="chip">
              <input
                type="radio"
                name="call-language"
                checked={each === language}
                onChange={() => {
                  setLanguage(each)
                  setCopied('')
                }}
              />
              {each}
            </label>
          ))}
        </fieldset>
        <button type="button" className="button" onClick={() => void copy()}>
          {t('common.copy')}
        </button>
      </div>
      <pre>
        <code>{text}</code>
      </pre>
      <p role="status">{copied}</p>
    </div>
  )
}

function wasHidden(): boolean {
  // Some private windows refuse storage.
  try {
    return localStorage.getItem(storageKey) === 'hidden'
  } catch {
    return false
  }
}

function rememberHidden(): void {
  try {
    localStorage.setItem(storageKey, 'hidden')
  } catch {
    // Hidden in this visit only.
  }
}
