import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApiClient } from '../data/api.js'
import { checkText } from '../keys/add-provider.js'
import { enterKey, keyProblem } from '../keys/enter-key.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { useDone } from './use-done.js'

/** Replaces the key of a provider; one that its vendor does not accept only if that is confirmed. */
export function ReplaceKeyDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const client = useApiClient()
  const done = useDone(onClose)
  const [key, setKey] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const replace = useMutation({
    mutationFn: async (anyway: boolean) => {
      const { vendor, metadata } = await client.providers.get.query({ name })
      const { baseUrl } = metadata
      return enterKey(client, {
        ...{ providerName: name, vendor, key, anyway },
        baseUrl: typeof baseUrl === 'string' ? baseUrl : null,
      })
    },
    onSuccess: async ({ check, entered }) => {
      if (entered === null) return
      const same =
        entered.sameAs === null
          ? ''
          : ` ${entered.sameAs} has the same key: one account would be counted twice.`
      await done(`${name} has a new key. ${checkText(check)}${same}`)()
    },
  })
  const refused = replace.data !== undefined && replace.data.entered === null ? replace.data.check : null
  const confirm = (): void => {
    const found = keyProblem(key)
    setProblem(found)
    if (found === null) replace.mutate(refused !== null)
  }
  return (
    <ConfirmDialog
      title={`Enter the key of ${name}`}
      action={refused === null ? 'Check and enter' : 'Enter it anyway'}
      isBusy={replace.isPending}
      error={
        problem ?? replace.error?.message ?? (refused === null ? null : `Not entered. ${checkText(refused)}`)
      }
      onConfirm={confirm}
      onCancel={onClose}
    >
      <p>It replaces the one entered before. It is encrypted in this browser; only gateways can read it.</p>
      <label className="form-field">
        Key
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
