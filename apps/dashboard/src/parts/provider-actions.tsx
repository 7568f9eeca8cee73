import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Provider, useApi } from '../data/api.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { LimitsDialog } from './limits-dialog.js'
import { useToast } from './toasts.js'

type Action = 'switch' | 'retry' | 'reset' | 'limits'

/** What an admin may do with a provider. Each is asked for first, and audited by the API. */
export function ProviderActions({ provider }: { readonly provider: Provider }) {
  const { name, enabled, managedBy } = provider
  const [action, setAction] = useState<Action | null>(null)
  const api = useApi()
  const queryClient = useQueryClient()
  const say = useToast()
  const done = (text: string) => async (): Promise<void> => {
    setAction(null)
    say(text)
    await queryClient.invalidateQueries()
  }
  const setEnabled = useMutation(
    api.providers.setEnabled.mutationOptions({
      onSuccess: done(enabled ? `${name} is switched off.` : `${name} is switched on.`),
    }),
  )
  const retry = useMutation(
    api.providers.retry.mutationOptions({ onSuccess: done(`${name} is tried by the next call.`) }),
  )
  const reset = useMutation(
    api.usage.reset.mutationOptions({ onSuccess: done(`Today's usage of ${name} is taken back.`) }),
  )
  const close = (): void => setAction(null)
  const button = (which: Action, text: string): ReactNode => (
    <button type="button" className="button" onClick={() => setAction(which)}>
      {text}
    </button>
  )
  return (
    <div className="actions">
      {button('switch', enabled ? 'Switch off' : 'Switch on')}
      {button('retry', 'Retry now')}
      {button('limits', 'Edit limits')}
      {button('reset', 'Reset today')}
      {action === 'switch' && (
        <ConfirmDialog
          title={enabled ? `Switch ${name} off?` : `Switch ${name} on?`}
          action={enabled ? 'Switch off' : 'Switch on'}
          isDangerous={enabled}
          isBusy={setEnabled.isPending}
          error={setEnabled.error?.message ?? null}
          onConfirm={() => setEnabled.mutate({ name, enabled: !enabled })}
          onCancel={close}
        >
          <p>
            {enabled
              ? 'No call is routed to it until somebody switches it on. Calls in flight still settle.'
              : 'Calls are routed to it again as far as its quota allows.'}
          </p>
        </ConfirmDialog>
      )}
      {action === 'retry' && (
        <ConfirmDialog
          title={`Try ${name} again now?`}
          action="Retry now"
          isBusy={retry.isPending}
          error={retry.error?.message ?? null}
          onConfirm={() => retry.mutate({ name })}
          onCancel={close}
        >
          <p>
            Ends what its vendor had refused, and forgets the limits that were learned from it. Do so after a
            key was replaced, a bill paid or a plan changed.
          </p>
        </ConfirmDialog>
      )}
      {action === 'reset' && (
        <ConfirmDialog
          title={`Take back today's usage of ${name}?`}
          action="Reset today"
          isDangerous
          isBusy={reset.isPending}
          error={reset.error?.message ?? null}
          onConfirm={() => reset.mutate({ providerName: name })}
          onCancel={close}
        >
          <p>
            Its counters of today begin at zero, alerts may come again. The ledger keeps the calls, and a row
            that takes them back. Its vendor still counts them.
          </p>
        </ConfirmDialog>
      )}
      {action === 'limits' && (
        <LimitsDialog
          provider={provider}
          isReadOnly={managedBy === 'file'}
          onSaved={done(`The limits of ${name} are saved.`)}
          onCancel={close}
        />
      )}
    </div>
  )
}
