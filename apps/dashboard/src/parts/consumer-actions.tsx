import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { useDone } from './use-done.js'

/** Changes of a consumer. Each asks for confirmation and is audited by the API. */
export function ConsumerActions({ name, isEnabled }: { readonly name: string; readonly isEnabled: boolean }) {
  const [action, setAction] = useState<'switch' | 'reset' | null>(null)
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
  const verb = t(isEnabled ? 'provider.disable' : 'provider.enable')
  return (
    <div className="actions">
      <button type="button" className="button" onClick={() => setAction('switch')}>
        {verb}
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
