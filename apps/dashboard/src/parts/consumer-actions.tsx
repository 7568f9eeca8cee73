import { measureWords } from '@quotakeeper/quota-core/rules'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Consumer, useApi } from '../data/api.js'
import { amountOf } from '../show/amounts.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { LimitsDialog } from './limits-dialog.js'
import { useDone } from './use-done.js'

/** Changes of a consumer. Each asks for confirmation and is audited by the API. */
export function ConsumerActions({ consumer }: { readonly consumer: Consumer }) {
  const { name, enabled: isEnabled } = consumer
  const [action, setAction] = useState<'switch' | 'limits' | 'reset' | null>(null)
  const api = useApi()
  const done = useDone(() => setAction(null))
  const setEnabled = useMutation(
    api.consumers.setEnabled.mutationOptions({
      onSuccess: done(isEnabled ? `${name} is disabled.` : `${name} is enabled.`),
    }),
  )
  const reset = useMutation(
    api.consumers.reset.mutationOptions({ onSuccess: done(`Today's usage of ${name} was reset.`) }),
  )
  const saveLimits = useMutation(
    api.consumers.upsert.mutationOptions({ onSuccess: done(`The limits of ${name} are saved.`) }),
  )
  const verb = isEnabled ? 'Disable' : 'Enable'
  return (
    <div className="actions">
      <button type="button" className="button" onClick={() => setAction('switch')}>
        {verb}
      </button>
      <button type="button" className="button" onClick={() => setAction('limits')}>
        Edit limits
      </button>
      <button type="button" className="button" onClick={() => setAction('reset')}>
        Reset today
      </button>
      {action === 'switch' && (
        <ConfirmDialog
          title={`${verb} ${name}?`}
          action={verb}
          isDangerous={isEnabled}
          isBusy={setEnabled.isPending}
          error={setEnabled.error?.message ?? null}
          onConfirm={() => setEnabled.mutate({ name, enabled: !isEnabled })}
          onCancel={() => setAction(null)}
        >
          <p>
            {isEnabled
              ? 'Calls for it and everything below it are refused until it is enabled again. Calls in flight still settle.'
              : 'Calls for it are allowed again, within its limits and those above it.'}
          </p>
        </ConfirmDialog>
      )}
      {action === 'limits' && (
        <LimitsDialog
          name={name}
          limits={consumer.limits}
          hasUsers
          isReadOnly={consumer.managedBy === 'file'}
          note={<PlanLimits consumer={consumer} />}
          isBusy={saveLimits.isPending}
          error={saveLimits.error?.message ?? null}
          onSave={limits => saveLimits.mutate({ name, limits })}
          onCancel={() => setAction(null)}
        />
      )}
      {action === 'reset' && (
        <ConfirmDialog
          title={`Reset today's usage of ${name}?`}
          action="Reset today"
          isDangerous
          isBusy={reset.isPending}
          error={reset.error?.message ?? null}
          onConfirm={() => reset.mutate({ name })}
          onCancel={() => setAction(null)}
        >
          <p>
            Today’s counters of it start again at zero, and alerts can be raised again. Consumers above and
            below it, and providers, keep theirs.
          </p>
        </ConfirmDialog>
      )}
    </div>
  )
}

/** The limits that its plan adds, which are changed in the plan. */
function PlanLimits({ consumer: { plan, planLimits } }: { readonly consumer: Consumer }) {
  if (plan === null || planLimits.length === 0) return null
  return (
    <>
      <h3>Of the plan {plan}</h3>
      <p>They apply too. They are changed in the plan, for all of its consumers.</p>
      <ul className="steps">
        {planLimits.map(limit => (
          <li key={limit.id}>
            {amountOf(limit.metric, limit.max)} {measureWords(limit)}
          </li>
        ))}
      </ul>
    </>
  )
}
