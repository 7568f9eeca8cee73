import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { Link } from 'wouter'
import { type Outputs, useApi } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { FailedNotice, Loading } from '../parts/notices.js'
import { OutcomeBadge } from '../parts/outcome-badge.js'
import { RequestSteps } from '../parts/request-steps.js'

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
  const gateway = useQuery(api.gateway.get.queryOptions(undefined, { refetchInterval: 5_000 }))
  const isUp = gateway.data !== undefined && gateway.data.fault === null
  const models = useQuery(api.gateway.models.queryOptions(undefined, { enabled: isUp, retry: false }))
  const [typedModel, setModel] = useState<string | null>(null)
  const [prompt, setPrompt] = useState('Say hello in five words.')
  const [output, setOutput] = useState(String(defaultOutputTokens))
  const [problem, setProblem] = useState<string | null>(null)
  const call = useMutation(api.gateway.chat.mutationOptions())
  const model = typedModel ?? models.data?.models[0] ?? ''
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const found = problemOf(model, prompt, output)
    setProblem(found)
    if (found === null) call.mutate({ model: model.trim(), prompt, maxOutputTokens: Number(output) })
  }
  return (
    <>
      <div className="title-row">
        <h1>Try a call</h1>
        <p className="title-note">
          It goes through the gateway and its limits, and is counted and charged like any other.
        </p>
      </div>
      {gateway.error !== null && <FailedNotice what="The gateway" error={gateway.error} />}
      {gateway.data?.fault != null && (
        <p className="notice notice-bad" role="alert">
          {gateway.data.fault}.
        </p>
      )}
      {!mayChange && <p>Only an admin may make calls here.</p>}
      {mayChange && (
        <div className="pair">
          <form className="card form" onSubmit={submit} aria-labelledby={`${id}-title`} noValidate>
            <h2 id={`${id}-title`}>The call</h2>
            <label className="form-field">
              Model
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
              Prompt
              <textarea rows={4} value={prompt} onChange={event => setPrompt(event.target.value)} />
            </label>
            <label className="form-field">
              Output tokens at most
              <input inputMode="numeric" value={output} onChange={event => setOutput(event.target.value)} />
            </label>
            {(problem !== null || call.error !== null) && (
              <p className="field-error" role="alert">
                {problem ?? `${call.error?.message}.`}
              </p>
            )}
            <div className="actions">
              <button type="submit" className="button button-main" disabled={call.isPending}>
                {call.isPending ? 'Calling …' : 'Call'}
              </button>
            </div>
            <div role="status">{call.data !== undefined && <CallResult answer={call.data} />}</div>
          </form>
          <section className="card form" aria-labelledby={`${id}-trace`}>
            <h2 id={`${id}-trace`}>Its trace</h2>
            {call.data?.requestId == null ? (
              <p className="quiet">Which keys were tried and skipped, and what the call spent.</p>
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
  if (refusal !== null)
    return (
      <p className="field-error">
        Refused (HTTP {httpStatus}): {refusal}
      </p>
    )
  return (
    <>
      <h3>Answer</h3>
      <p className="answer">{text === '' ? 'The answer has no text.' : text}</p>
    </>
  )
}

function CallTrace({ requestId }: { readonly requestId: string }) {
  const api = useApi()
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
          <Link href={`/requests/${encodeURIComponent(requestId)}`}>The request</Link>
        </p>
        <RequestSteps trace={trace.data} />
      </>
    )
  if (trace.error !== null) return <FailedNotice what="The trace" error={trace.error} />
  if (recent.error !== null) return <FailedNotice what="The trace" error={recent.error} />
  return isLate ? <p>The gateway has reported no trace of this call.</p> : <Loading what="the trace" />
}

function isAmong(rows: readonly { readonly requestId: string }[] | undefined, requestId: string): boolean {
  return rows?.some(row => row.requestId === requestId) === true
}

function problemOf(model: string, prompt: string, output: string): string | null {
  if (model.trim() === '') return 'Enter a model.'
  if (prompt.trim() === '') return 'Enter a prompt.'
  const tokens = Number(output)
  if (!Number.isInteger(tokens) || tokens < 1 || tokens > maxOutputTokens)
    return `Output tokens: a whole number from 1 to ${maxOutputTokens}.`
  return null
}
