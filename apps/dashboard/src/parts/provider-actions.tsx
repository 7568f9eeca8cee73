import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useLocation } from 'wouter'
import { type Provider, useApi } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { LimitsDialog } from './limits-dialog.js'
import { useDone } from './use-done.js'

type Action = 'switch' | 'retry' | 'reset' | 'limits' | 'remove'

/** The admin's actions on a provider. Each asks for confirmation and is audited by the API. */
export function ProviderActions({ provider }: { readonly provider: Provider }) {
  const { name, enabled, managedBy } = provider
  const [action, setAction] = useState<Action | null>(null)
  const api = useApi()
  const { t } = useLanguage()
  const done = useDone(() => setAction(null))
  const setEnabled = useMutation(
    api.providers.setEnabled.mutationOptions({
      onSuccess: done(t(enabled ? 'provider.disabled' : 'provider.enabled', { name })),
    }),
  )
  const retry = useMutation(
    api.providers.retry.mutationOptions({ onSuccess: done(t('provider.retried', { name })) }),
  )
  const reset = useMutation(
    api.usage.reset.mutationOptions({ onSuccess: done(t('provider.wasReset', { name })) }),
  )
  const saveLimits = useMutation(
    api.providers.upsert.mutationOptions({ onSuccess: done(t('provider.limitsSaved', { name })) }),
  )
  const [, goTo] = useLocation()
  const remove = useMutation(
    api.providers.remove.mutationOptions({
      onSuccess: () => {
        goTo('/')
        return done(t('provider.removed', { name }))()
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
      {button('switch', t(enabled ? 'provider.disable' : 'provider.enable'))}
      {button('retry', t('provider.retryNow'))}
      {button('limits', t('provider.editLimits'))}
      {button('reset', t('provider.resetToday'))}
      {managedBy !== 'file' && button('remove', t('common.remove'))}
      {action === 'remove' && (
        <ConfirmDialog
          title={t('provider.removeTitle', { name })}
          action={t('common.remove')}
          isDangerous
          isBusy={remove.isPending}
          error={remove.error?.message ?? null}
          onConfirm={() => remove.mutate({ name })}
          onCancel={close}
        >
          <p>{t('provider.removeText')}</p>
        </ConfirmDialog>
      )}
      {action === 'switch' && (
        <ConfirmDialog
          title={t(enabled ? 'provider.disableTitle' : 'provider.enableTitle', { name })}
          action={t(enabled ? 'provider.disable' : 'provider.enable')}
          isDangerous={enabled}
          isBusy={setEnabled.isPending}
          error={setEnabled.error?.message ?? null}
          onConfirm={() => setEnabled.mutate({ name, enabled: !enabled })}
          onCancel={close}
        >
          <p>{t(enabled ? 'provider.disableText' : 'provider.enableText')}</p>
        </ConfirmDialog>
      )}
      {action === 'retry' && (
        <ConfirmDialog
          title={t('provider.retryTitle', { name })}
          action={t('provider.retryNow')}
          isBusy={retry.isPending}
          error={retry.error?.message ?? null}
          onConfirm={() => retry.mutate({ name })}
          onCancel={close}
        >
          <p>{t('provider.retryText')}</p>
        </ConfirmDialog>
      )}
      {action === 'reset' && (
        <ConfirmDialog
          title={t('provider.resetTitle', { name })}
          action={t('provider.resetToday')}
          isDangerous
          isBusy={reset.isPending}
          error={reset.error?.message ?? null}
          onConfirm={() => reset.mutate({ providerName: name })}
          onCancel={close}
        >
          <p>{t('provider.resetText')}</p>
        </ConfirmDialog>
      )}
      {action === 'limits' && (
        <LimitsDialog
          name={name}
          limits={provider.limits}
          updatedAt={provider.updatedAt}
          isReadOnly={managedBy === 'file'}
          isBusy={saveLimits.isPending}
          error={saveLimits.error?.message ?? null}
          onSave={(limits, expectedUpdatedAt) =>
            saveLimits.mutate({ name, limits, onlyIf: 'exists', expectedUpdatedAt })
          }
          onCancel={close}
        />
      )}
    </div>
  )
}
