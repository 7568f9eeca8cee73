import { reasonText } from '@quotakeeper/quota-core/rules'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { type Outputs, useApi } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { TableFrame } from '../parts/table-frame.js'
import { clockTime } from '../show/instants.js'
import { draftFault, proposalOf, type RoutingDraft } from './routing-draft.js'

type Plan = Outputs['routing']['explain']

/** Which keys a call would use, by the draft beside the settings in effect. Nothing is saved. */
export function DryRun({
  draft,
  hasChanges,
  revision,
}: {
  readonly draft: RoutingDraft
  readonly hasChanges: boolean
  /** Of the settings in effect. */
  readonly revision: string
}) {
  const api = useApi()
  const gateway = useQuery(api.gateway.get.queryOptions())
  const isUp = gateway.data !== undefined && gateway.data.fault === null
  const models = useQuery(api.gateway.models.queryOptions(undefined, { enabled: isUp, retry: false }))
  const [model, setModel] = useState('')
  const [tokens, setTokens] = useState('')
  const [consumer, setConsumer] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [tried, setTried] = useState('')
  const state = hasChanges ? `${revision} ${JSON.stringify(proposalOf(draft))}` : revision
  const now = useMutation(api.routing.explain.mutationOptions())
  const drafted = useMutation(api.routing.explain.mutationOptions())
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const found = problemOf(model, tokens) ?? (hasChanges ? draftFault(draft) : null)
    setProblem(found)
    if (found !== null) return
    const call = {
      model: model.trim(),
      ...(tokens.trim() === '' ? {} : { inputTokenCount: Number(tokens) }),
      ...(consumer.trim() === '' ? {} : { consumer: consumer.trim() }),
    }
    setTried(state)
    now.mutate(call)
    if (hasChanges) drafted.mutate({ ...call, proposed: proposalOf(draft) })
    else drafted.reset()
  }
  const error = problem ?? now.error?.message ?? drafted.error?.message ?? null
  const asked = now.variables?.model ?? ''
  return (
    <section className="card form" aria-labelledby="dry-run">
      <h2 id="dry-run">Dry run</h2>
      <p className="hint">
        Shows which keys a call would use now, and by your changes before you save them. It makes no call and
        saves nothing.
      </p>
      <form className="form" onSubmit={submit} aria-label="Dry run" noValidate>
        <div className="routing-call">
          <label className="form-field">
            Model or alias
            <input
              list="dry-run-models"
              value={model}
              spellCheck={false}
              onChange={event => setModel(event.target.value)}
            />
          </label>
          <datalist id="dry-run-models">
            {(models.data?.models ?? []).map(name => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <label className="form-field">
            Input tokens (optional)
            <input inputMode="numeric" value={tokens} onChange={event => setTokens(event.target.value)} />
          </label>
          <label className="form-field">
            Consumer (optional)
            <input value={consumer} spellCheck={false} onChange={event => setConsumer(event.target.value)} />
          </label>
        </div>
        {error !== null && (
          <p className="field-error" role="alert">
            {error}
          </p>
        )}
        <div className="actions">
          <button type="submit" className="button" disabled={now.isPending || drafted.isPending}>
            Try
          </button>
        </div>
      </form>
      <div className="pair" role="status">
        {now.data !== undefined && tried !== state && (
          <p className="quiet">The settings or your changes are others now: try again.</p>
        )}
        {now.data !== undefined && tried === state && (
          <PlanTable title="As it is now" model={asked} plan={now.data} />
        )}
        {drafted.data !== undefined && tried === state && (
          <PlanTable title="With your changes" model={asked} plan={drafted.data} />
        )}
      </div>
    </section>
  )
}

function PlanTable({
  title,
  model,
  plan: { candidates, leftOut, retryAt },
}: {
  readonly title: string
  readonly model: string
  readonly plan: Plan
}) {
  const nowMs = useNow()
  const back = (instant: string): string => clockTime(instant, nowMs)
  const isUsable = candidates.some(({ use }) => use === 'first')
  return (
    <div className="routing-plan">
      <h3>{title}</h3>
      {candidates.length === 0 ? (
        <p>No provider serves {model}.</p>
      ) : (
        <>
          {!isUsable && (
            <p className="field-error">
              No key would take the call{retryAt === null ? '' : ` before ${back(retryAt)}`}.
            </p>
          )}
          <TableFrame>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Key</th>
                  <th scope="col">Model</th>
                  <th scope="col">Use</th>
                </tr>
              </thead>
              <tbody>
                {candidates.map((candidate, index) => (
                  <tr key={index}>
                    <th scope="row">
                      <Link href={`/providers/${encodeURIComponent(candidate.providerName)}`}>
                        {candidate.providerName}
                      </Link>
                    </th>
                    <td>{candidate.model}</td>
                    <td>
                      <UseText candidate={candidate} back={back} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
          {leftOut > 0 && <p className="quiet">{leftOut} more are not shown.</p>}
        </>
      )}
    </div>
  )
}

function UseText({
  candidate: { use, reasons, onlyIfUnknown },
  back,
}: {
  readonly candidate: Plan['candidates'][number]
  readonly back: (instant: string) => string
}) {
  if (use === 'not_used')
    return <>would not be used: {reasons.map(reason => reasonText(reason, back)).join('; ')}</>
  if (use === 'first') return <strong>would be used first</strong>
  return onlyIfUnknown ? <>then, only if no vendor before knows the model</> : <>then</>
}

function problemOf(model: string, tokens: string): string | null {
  if (model.trim() === '') return 'Enter a model or an alias.'
  return /^\d{0,12}$/.test(tokens.trim()) ? null : 'Input tokens must be a whole number.'
}
