import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Consumer, useApi } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { LimitsDialog } from './limits-dialog.js'
import { useDone } from './use-done.js'

/** Changes of a consumer. Each asks for confirmation and is audited by the API. */
export function ConsumerActions({ consumer }: { readonly consumer: Consumer }) {
  const { name, enabled: isEnabled } = consumer
  const [action, setAction] = useState<'switch' | 'limits' | 'reset' | null>(null)
  const api = useApi()
  const { t } = useLanguage()
  const done = useDone(() => setAction(null))
  const setEnabled = useMutation(
    api.consumers.setEnabled.mutationOptions({
      onSuccess: done(t(isEnabled ? 'consumers.disabled' : 'consumers.enabled', { name })),
    }),
  )
  const reset = useMutation(
    api.consumers.reset.mutationOptions({ onSuccess: done(t('provider.wasReset', { name })) }),
  )
  const saveLimits = useMutation(
    api.consumers.upsert.mutationOptions({ onSuccess: done(t('provider.limitsSaved', { name })) }),
  )
  const verb = t(isEnabled ? 'provider.disable' : 'provider.enable')
  return (
    <div className="actions">
      <button type="button" className="button" onClick={() => setAction('switch')}>
        {verb}
      </button>
      <button type="button" className="button" onClick={() => setAction('limits')}>
        {t('provider.editLimits')}
      </button>
      <button type="button" className="button" onClick={() => setAction('reset')}>
        {t('provider.resetToday')}
      </button>
      {action === 'switch' && (
        <ConfirmDialog
          title={t(isEnabled ? 'provider.disableTitle' : 'provider.enableTitle', { name })}
          action={verb}
          isDangerous={isEnabled}
          isBusy={setEnabled.isPending}
          error={setEnabled.error?.message ?? null}
          onConfirm={() => setEnabled.mutate({ name, enabled: !isEnabled })}
          onCancel={() => setAction(null)}
        >
          <p>{t(isEnabled ? 'consumers.disableText' : 'consumers.enableText')}</p>
        </ConfirmDialog>
      )}
      {action === 'limits' && (
        <LimitsDialog
          name={name}
          limits={consumer.limits}
          updatedAt={consumer.updatedAt}
          hasUsers
          isReadOnly={consumer.managedBy === 'file'}
          note={<PlanLimits consumer={consumer} />}
          isBusy={saveLimits.isPending}
          error={saveLimits.error?.message ?? null}
          onSave={(limits, expectedUpdatedAt) =>
            saveLimits.mutate({ name, limits, onlyIf: 'exists', expectedUpdatedAt })
          }
          onCancel={() => setAction(null)}
        />
      )}
      {action === 'reset' && (
        <ConfirmDialog
          title={t('provider.resetTitle', { name })}
          action={t('provider.resetToday')}
          isDangerous
          isBusy={reset.isPending}
          error={reset.error?.message ?? null}
          onConfirm={() => reset.mutate({ name })}
          onCancel={() => setAction(null)}
        >
          <p>{t('consumers.resetText')}</p>
        </ConfirmDialog>
      )}
    </div>
  )
}

/** The limits that its plan adds, which are changed in the plan. */
function PlanLimits({ consumer: { plan, planLimits } }: { readonly consumer: Consumer }) {
  const { t, amountOf, measureWords } = useLanguage()
  if (plan === null || planLimits.length === 0) return null
  return (
    <>
      <h3>{t('consumers.ofPlan', { plan })}</h3>
      <p>{t('consumers.planApplies')}</p>
      <ul className="steps">
        {planLimits.map(limit => (
          <li key={limit.id}>
            {t('limits.amount', {
              amount: amountOf(limit.metric, limit.max),
              measure: measureWords(limit),
            })}
          </li>
        ))}
      </ul>
    </>
  )
}
