import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { Link } from 'wouter'
import { type Outputs, useApi } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { FailedNotice, Loading } from '../parts/notices.js'
import { OutcomeBadge } from '../parts/outcome-badge.js'
import { RequestSteps } from '../parts/request-steps.js'
import { useLanguage } from '../texts/language-provider.js'
import type { Translate } from '../texts/translate.js'

/** How often, and how long, a trace is looked for: gateways report them within a few seconds. */
const traceEveryMs = 500
const tracePatienceMs = 30_000
/** As many traces may come in meanwhile. */
const recentTraces = 50
const defaultOutputTokens = 256
const maxOutputTokens = 4_096

/** One test call through the gateway, with its trace beside it. */
export function TryPage({ mayChange }: { readonly mayChange: boolean }) {
  const api = useApi()
  const id = useId()
  const { t } = useLanguage()
  const gateway = useQuery(api.gateway.get.queryOptions(undefined, { refetchInterval: 5_000 }))
  const isUp = gateway.data !== undefined && gateway.data.fault === null
  const models = useQuery(api.gateway.models.queryOptions(undefined, { enabled: isUp, retry: false }))
  const [typedModel, setModel] = useState<string | null>(null)
  const [prompt, setPrompt] = useState(t('tryCall.firstPrompt'))
  const [output, setOutput] = useState(String(defaultOutputTokens))
  const [problem, setProblem] = useState<string | null>(null)
  const call = useMutation(api.gateway.chat.mutationOptions())
  const model = typedModel ?? models.data?.models[0] ?? ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const found = problemOf(t, model, prompt, output)
    setProblem(found)
    if (found === null) call.mutate({ model: model.trim(), prompt, maxOutputTokens: Number(output) })
  }
  return (
    <>
      <div className="title-row">
        <h1>{t('tryCall.title')}</h1>
        <p className="title-note">{t('tryCall.note')}</p>
      </div>
      {gateway.error !== null && <FailedNotice what={t('tryCall.gateway')} error={gateway.error} />}
      {gateway.data?.fault != null && (
        <p className="notice notice-bad" role="alert" lang="en">
          {gateway.data.fault}.
        </p>
      )}
      {!mayChange && <p>{t('tryCall.onlyAdmin')}</p>}
      {mayChange && (
        <div className="pair">
          <form className="card form" onSubmit={submit} aria-labelledby={`${id}-title`} noValidate>
            <h2 id={`${id}-title`}>{t('tryCall.theCall')}</h2>
            <label className="form-field">
              {t('common.model')}
              <input
                list={`${id}-models`}
                value={model}
                spellCheck={false}
                onChange={event => setModel(event.target.value)}
              />
            </label>
            <datalist id={`${id}-models`}>
              {(models.data?.models ?? []).map(name => (
                <option key={name} value={name} />
              ))}
            </datalist>
            <label className="form-field">
              {t('tryCall.prompt')}
              <textarea rows={4} value={prompt} onChange={event => setPrompt(event.target.value)} />
            </label>
            <label className="form-field">
              {t('tryCall.maxOutputTokens')}
              <input inputMode="numeric" value={output} onChange={event => setOutput(event.target.value)} />
            </label>
            {(problem !== null || call.error !== null) && (
              <p className="field-error" role="alert">
                {problem ?? `${call.error?.message}.`}
              </p>
            )}
            <div className="actions">
              <button type="submit" className="button button-main" disabled={call.isPending}>
                {t(call.isPending ? 'tryCall.calling' : 'tryCall.call')}
              </button>
            </div>
            <div role="status">{call.data !== undefined && <CallResult answer={call.data} />}</div>
          </form>
          <section className="card form" aria-labelledby={`${id}-trace`}>
            <h2 id={`${id}-trace`}>{t('tryCall.itsTrace')}</h2>
            {call.data?.requestId == null ? (
              <p className="quiet">{t('tryCall.traceHint')}</p>
            ) : (
              <CallTrace key={call.data.requestId} requestId={call.data.requestId} />
            )}
          </section>
        </div>
      )}
    </>
  )
}

function CallResult({
  answer: { text, refusal, httpStatus },
}: {
  readonly answer: Outputs['gateway']['chat']
}) {
  const { t } = useLanguage()
  if (refusal !== null)
    return <p className="field-error">{t('tryCall.refused', { status: String(httpStatus), refusal })}</p>
  return (
    <>
      <h3>{t('tryCall.answer')}</h3>
      <p className="answer">{text === '' ? t('tryCall.noText') : text}</p>
    </>
  )
}

function CallTrace({ requestId }: { readonly requestId: string }) {
  const api = useApi()
  const { t } = useLanguage()
  const [calledAtMs] = useState(Date.now)
  const isLate = useNow(traceEveryMs) - calledAtMs > tracePatienceMs
  const recent = useQuery(
    api.requests.list.queryOptions(
      { pageSize: recentTraces },
      {
        staleTime: 0,
        refetchInterval: ({ state }) =>
          isLate || isAmong(state.data?.rows, requestId) ? false : traceEveryMs,
      },
    ),
  )
  const isReported = isAmong(recent.data?.rows, requestId)
  const trace = useQuery(
    api.requests.get.queryOptions(
      { requestId },
      {
        enabled: isReported,
        // Its usage is settled a moment later.
        refetchInterval: ({ state }) =>
          !isLate && state.data?.ledger.some(row => row.state === 'pending') === true ? traceEveryMs : false,
      },
    ),
  )
  if (trace.data !== undefined)
    return (
      <>
        <p>
          <OutcomeBadge outcome={trace.data.outcome} code={trace.data.code} />{' '}
          <Link href={`/requests/${encodeURIComponent(requestId)}`}>{t('tryCall.theRequest')}</Link>
        </p>
        <RequestSteps trace={trace.data} />
      </>
    )
  if (trace.error !== null) return <FailedNotice what={t('tryCall.trace')} error={trace.error} />
  if (recent.error !== null) return <FailedNotice what={t('tryCall.trace')} error={recent.error} />
  return isLate ? <p>{t('tryCall.noTrace')}</p> : <Loading what={t('tryCall.theTrace')} />
}

function isAmong(rows: readonly { readonly requestId: string }[] | undefined, requestId: string): boolean {
  return rows?.some(row => row.requestId === requestId) === true
}

function problemOf(t: Translate, model: string, prompt: string, output: string): string | null {
  if (model.trim() === '') return t('tryCall.enterModel')
  if (prompt.trim() === '') return t('tryCall.enterPrompt')
  const tokens = Number(output)
  if (!Number.isInteger(tokens) || tokens < 1 || tokens > maxOutputTokens)
    return t('tryCall.tokensForm', { max: String(maxOutputTokens) })
  return null
}
