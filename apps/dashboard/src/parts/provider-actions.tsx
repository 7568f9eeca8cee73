import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { type Provider, useApi } from '../data/api.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { LimitsDialog } from './limits-dialog.js'
import { useDone } from './use-done.js'

type Action = 'switch' | 'retry' | 'reset' | 'limits' | 'remove'

/** The admin's actions on a provider. Each asks for confirmation and is audited by the API. */
export function ProviderActions({ provider }: { readonly provider: Provider }) {
  const { name, enabled, managedBy } = provider
  const [action, setAction] = useState<Action | null>(null)
  const api = useApi()
  const done = useDone(() => setAction(null))
  const setEnabled = useMutation(
    api.providers.setEnabled.mutationOptions({
      onSuccess: done(enabled ? `${name} is disabled.` : `${name} is enabled.`),
    }),
  )
  const retry = useMutation(
    api.providers.retry.mutationOptions({ onSuccess: done(`The next call retries ${name}.`) }),
  )
  const reset = useMutation(
    api.usage.reset.mutationOptions({ onSuccess: done(`Today's usage of ${name} was reset.`) }),
  )
  const saveLimits = useMutation(
    api.providers.upsert.mutationOptions({ onSuccess: done(`The limits of ${name} are saved.`) }),
  )
  const [, goTo] = useLocation()
  const remove = useMutation(
    api.providers.remove.mutationOptions({
      onSuccess: () => {
        goTo('/')
        return done(`${name} is removed.`)()
      },
    }),
  )
  const close = (): void => setAction(null)
  const button = (which: Action, text: string): ReactNode => (
    <button type="button" className="button" onClick={() => setAction(which)}>
      {text}
    </button>
  )
  return (
    <div className="actions">
      {button('switch', enabled ? 'Disable' : 'Enable')}
      {button('retry', 'Retry now')}
      {button('limits', 'Edit limits')}
      {button('reset', 'Reset today')}
      {managedBy !== 'file' && button('remove', 'Remove')}
      {action === 'remove' && (
        <ConfirmDialog
          title={`Remove ${name}?`}
          action="Remove"
          isDangerous
          isBusy={remove.isPending}
          error={remove.error?.message ?? null}
          onConfirm={() => remove.mutate({ name })}
          onCancel={close}
        >
          <p>It is called no more, and its entered key is removed with it. Its history stays.</p>
        </ConfirmDialog>
      )}
      {action === 'switch' && (
        <ConfirmDialog
          title={enabled ? `Disable ${name}?` : `Enable ${name}?`}
          action={enabled ? 'Disable' : 'Enable'}
          isDangerous={enabled}
          isBusy={setEnabled.isPending}
          error={setEnabled.error?.message ?? null}
          onConfirm={() => setEnabled.mutate({ name, enabled: !enabled })}
          onCancel={close}
        >
          <p>
            {enabled
              ? 'No calls are routed to it until it is enabled again. Calls in flight still settle.'
              : 'Calls are routed to it again, within its quota.'}
          </p>
        </ConfirmDialog>
      )}
      {action === 'retry' && (
        <ConfirmDialog
          title={`Retry ${name} now?`}
          action="Retry now"
          isBusy={retry.isPending}
          error={retry.error?.message ?? null}
          onConfirm={() => retry.mutate({ name })}
          onCancel={close}
        >
          <p>
            Ends the vendor’s refusals, and removes limits that were learned from it. Do this after replacing
            a key, paying a bill or changing a plan.
          </p>
        </ConfirmDialog>
      )}
      {action === 'reset' && (
        <ConfirmDialog
          title={`Reset today's usage of ${name}?`}
          action="Reset today"
          isDangerous
          isBusy={reset.isPending}
          error={reset.error?.message ?? null}
          onConfirm={() => reset.mutate({ providerName: name })}
          onCancel={close}
        >
          <p>
            Today’s counters start again at zero, and alerts can be raised again. The ledger keeps the calls,
            and a row that subtracts them. The vendor still counts them.
          </p>
        </ConfirmDialog>
      )}
      {action === 'limits' && (
        <LimitsDialog
          name={name}
          limits={provider.limits}
          isReadOnly={managedBy === 'file'}
          isBusy={saveLimits.isPending}
          error={saveLimits.error?.message ?? null}
          onSave={limits => saveLimits.mutate({ name, limits })}
          onCancel={close}
        />
      )}
    </div>
  )
}
