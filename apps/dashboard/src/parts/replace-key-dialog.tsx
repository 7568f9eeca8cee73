import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApiClient } from '../data/api.js'
import { checkText } from '../keys/add-provider.js'
import { enterKey, keyProblem } from '../keys/enter-key.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { useDone } from './use-done.js'

/** Replaces the key of a provider; one that its vendor does not accept only if that is confirmed. */
export function ReplaceKeyDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const client = useApiClient()
  const { t } = useLanguage()
  const done = useDone(onClose)
  const [key, setKey] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const replace = useMutation({
    mutationFn: async (anyway: boolean) => {
      const { vendor, metadata } = await client.providers.get.query({ name })
      const { baseUrl } = metadata
      return enterKey(t, client, {
        ...{ providerName: name, vendor, key, anyway },
        baseUrl: typeof baseUrl === 'string' ? baseUrl : null,
      })
    },
    onSuccess: async ({ check, entered }) => {
      if (entered === null) return
      const entry = t('keys.hasNewKey', { name, check: checkText(t, check) })
      const { sameAs } = entered
      await done(sameAs === null ? entry : `${entry} ${t('keys.sameKeyCounted', { name: sameAs })}`)()
    },
  })
  const refused = replace.data !== undefined && replace.data.entered === null ? replace.data.check : null
  const confirm = (): void => {
    const found = keyProblem(t, key)
    setProblem(found)
    if (found === null) replace.mutate(refused !== null)
  }
  return (
    <ConfirmDialog
      title={t('keys.replaceTitle', { name })}
      action={t(refused === null ? 'keys.checkAndEnter' : 'keys.enterAnyway')}
      isBusy={replace.isPending}
      error={
        problem ??
        replace.error?.message ??
        (refused === null ? null : t('keys.notEntered', { check: checkText(t, refused) }))
      }
      onConfirm={confirm}
      onCancel={onClose}
    >
      <p>{t('keys.replaceText')}</p>
      <label className="form-field">
        {t('keys.key')}
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onChange={event => {
            setKey(event.target.value)
            replace.reset()
          }}
        />
      </label>
    </ConfirmDialog>
  )
}
