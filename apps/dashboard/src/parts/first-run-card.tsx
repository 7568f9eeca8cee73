import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { useApi } from '../data/api.js'
import { checkText } from '../keys/add-provider.js'
import { callLanguages, firstCallText } from '../show/first-call.js'

const everyMs = 2_000
const storageKey = 'quotakeeper-first-run'
const accepted: readonly string[] = ['ok', 'limited']

/**
 * The way to the first routed call: a key, its check, the call. Its steps are ticked as they happen; it is not shown once
 * there was a call, or after it was hidden.
 */
export function FirstRunCard() {
  const api = useApi()
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
        <h2 id="first-run-title">{call === undefined ? 'To the first call' : 'The first call is routed'}</h2>
        <button type="button" className="button button-quiet" onClick={hide}>
          {call === undefined ? 'Hide' : 'Close'}
        </button>
      </div>
      {gateway.data.fault !== null && <p className="field-error">{gateway.data.fault}.</p>}
      <ol className="first-steps">
        <Step isDone={first !== undefined} title="Add a key">
          {first === undefined ? (
            <>
              <Link href="/keys">Enter one here</Link>, or set a variable of the gateway such as{' '}
              <code>GROQ_API_KEY</code>.
            </>
          ) : (
            `${set.length === 1 ? first.providerName : `${set.length} keys`} can be used.`
          )}
        </Step>
        <Step isDone={isAccepted} title="Check it at its vendor">
          {isAccepted ? (
            'The vendor accepts it.'
          ) : first === undefined ? (
            'This asks the vendor for its models, which is free.'
          ) : (
            <>
              <button
                type="button"
                className="button"
                disabled={check.isPending}
                onClick={() => check.mutate({ providerName: first.providerName })}
              >
                {check.isPending ? 'Checking …' : `Check ${first.providerName}`}
              </button>
              {check.data !== undefined && <span className="field-error"> {checkText(check.data)}</span>}
              {check.error !== null && <span className="field-error"> {check.error.message}</span>}
            </>
          )}
        </Step>
        <Step isDone={call !== undefined} title="Make a call">
          {call === undefined ? (
            <>
              <Link href="/try">Try one here</Link>, or call <code>{gateway.data.url}/v1</code> as any client
              of OpenAI does:
            </>
          ) : (
            <>
              {call.providerName} has served{' '}
              <Link href={`/requests/${encodeURIComponent(call.requestId)}`}>it</Link>.
            </>
          )}
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
  return (
    <li data-done={isDone}>
      <span className="step-mark" aria-hidden="true">
        {isDone ? '✓' : '○'}
      </span>
      <div>
        <strong>{title}</strong>
        <span className="unseen" role="status">
          {isDone ? `, done: ${title}` : ''}
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
  const models = useQuery(api.gateway.models.queryOptions(undefined, { enabled: canList, retry: false }))
  const [language, setLanguage] = useState<(typeof callLanguages)[number]>('curl')
  const [copied, setCopied] = useState('')
  const text = firstCallText(language, { url, needsToken, model: models.data?.models[0] ?? modelUntilKnown })
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied('Copied.')
    } catch {
      // Browsers allow it only over TLS and on this machine.
      setCopied('The browser does not allow copying here: select the text.')
    }
  }
  return (
    <div className="call-text">
      <div className="section-row">
        <fieldset className="chips">
          <legend className="unseen">Language</legend>
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
          Copy
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
