import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Link } from 'wouter'
import { type Outputs, useApi } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { TableFrame } from '../parts/table-frame.js'
import { useLanguage } from '../texts/language-provider.js'
import type { Translate } from '../texts/translate.js'
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
  const { t } = useLanguage()
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
    const found = problemOf(t, model, tokens) ?? (hasChanges ? draftFault(t, draft) : null)
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
      <h2 id="dry-run">{t('routing.dryRun')}</h2>
      <p className="hint">{t('routing.dryRunHint')}</p>
      <form className="form" onSubmit={submit} aria-label={t('routing.dryRun')} noValidate>
        <div className="routing-call">
          <label className="form-field">
            {t('routing.modelOrAlias')}
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
            {t('routing.inputTokens')}
            <input inputMode="numeric" value={tokens} onChange={event => setTokens(event.target.value)} />
          </label>
          <label className="form-field">
            {t('routing.consumer')}
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
            {t('routing.tryIt')}
          </button>
        </div>
      </form>
      <div className="pair" role="status">
        {now.data !== undefined && tried !== state && <p className="quiet">{t('routing.outdated')}</p>}
        {now.data !== undefined && tried === state && (
          <PlanTable title={t('routing.asItIs')} model={asked} plan={now.data} />
        )}
        {drafted.data !== undefined && tried === state && (
          <PlanTable title={t('routing.withChanges')} model={asked} plan={drafted.data} />
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
  const { t, clockTime } = useLanguage()
  const back = (instant: string): string => clockTime(instant, nowMs)
  const isUsable = candidates.some(({ use }) => use === 'first')
  return (
    <div className="routing-plan">
      <h3>{title}</h3>
      {candidates.length === 0 ? (
        <p>{t('routing.noneServes', { model })}</p>
      ) : (
        <>
          {!isUsable && (
            <p className="field-error">
              {retryAt === null
                ? t('routing.noneTakes')
                : t('routing.noneTakesBefore', { when: back(retryAt) })}
            </p>
          )}
          <TableFrame>
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('keys.key')}</th>
                  <th scope="col">{t('common.model')}</th>
                  <th scope="col">{t('routing.use')}</th>
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
          {leftOut > 0 && <p className="quiet">{t('routing.leftOut', { count: String(leftOut) })}</p>}
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
  const { t, reasonText } = useLanguage()
  if (use === 'not_used') {
    const texts = reasons.map(reason => reasonText(reason, back)).join(t('formats.semicolon'))
    return <>{t('routing.notUsed', { reasons: texts })}</>
  }
  if (use === 'first') return <strong>{t('routing.usedFirst')}</strong>
  return <>{t(onlyIfUnknown ? 'routing.usedIfUnknown' : 'routing.usedThen')}</>
}

function problemOf(t: Translate, model: string, tokens: string): string | null {
  if (model.trim() === '') return t('routing.enterModel')
  return /^\d{0,12}$/.test(tokens.trim()) ? null : t('routing.wantsTokens')
}
