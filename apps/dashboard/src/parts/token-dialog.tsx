import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useRef, useState } from 'react'
import { useApi } from '../data/api.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'

const scopes = [
  ['call', 'tokens.mayCall'],
  ['read', 'tokens.mayRead'],
  ['record', 'tokens.mayRecord'],
  ['admin', 'tokens.mayAdmin'],
] as const
type Scope = (typeof scopes)[number][0]

interface TokenDialogProps {
  readonly consumer: string
  readonly mayAdminister: boolean
  readonly onClose: () => void
}

/** Makes a token, and shows its secret once. */
export function TokenDialog({ consumer, mayAdminister, onClose }: TokenDialogProps) {
  const { t } = useLanguage()
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly Scope[]>(['call'])
  const [lastDay, setLastDay] = useState('')
  const [secret, setSecret] = useState<string | null>(null)
  const api = useApi()
  const queryClient = useQueryClient()
  const make = useMutation(
    api.tokens.create.mutationOptions({
      // The secret is nowhere but on the screen.
      gcTime: 0,
      onSuccess: async token => {
        setSecret(token.secret)
        await queryClient.invalidateQueries()
      },
    }),
  )
  if (secret !== null) return <SecretDialog name={name} secret={secret} onClose={onClose} />
  const toggle = (scope: Scope): void =>
    setChosen(chosen.includes(scope) ? chosen.filter(other => other !== scope) : [...chosen, scope])
  const confirm = (): void => {
    const expiresAt = lastDay === '' ? null : new Date(`${lastDay}T23:59:59`).toISOString()
    make.mutate({ name: name.trim(), consumer, scopes: [...chosen], expiresAt })
  }
  return (
    <ConfirmDialog
      title={t('tokens.makeTitle', { consumer })}
      action={t('tokens.makeIt')}
      isBusy={make.isPending}
      error={make.error?.message ?? null}
      onConfirm={confirm}
      onCancel={onClose}
    >
      <label className="field-inline">
        <span className="field-name">{t('common.name')}</span>
        <input value={name} onChange={event => setName(event.target.value)} />
      </label>
      <fieldset className="token-scopes">
        <legend>{t('tokens.itMay')}</legend>
        {scopes.map(([scope, meaning]) =>
          scope === 'admin' && !mayAdminister ? null : (
            <label key={scope}>
              <input type="checkbox" checked={chosen.includes(scope)} onChange={() => toggle(scope)} />
              {t(meaning)}
            </label>
          ),
        )}
      </fieldset>
      <label className="field-inline">
        <span className="field-name">{t('tokens.lastDay')}</span>
        <input type="date" value={lastDay} onChange={event => setLastDay(event.target.value)} />
      </label>
    </ConfirmDialog>
  )
}

function SecretDialog({
  name,
  secret,
  onClose,
}: {
  readonly name: string
  readonly secret: string
  readonly onClose: () => void
}) {
  const field = useRef<HTMLInputElement>(null)
  const id = useId()
  const { t } = useLanguage()
  const [copied, setCopied] = useState('')
  const copy = async (): Promise<void> => {
    field.current?.select()
    try {
      await navigator.clipboard.writeText(secret)
      setCopied(t('common.copied'))
    } catch {
      // Browsers allow it only over TLS and on this machine.
      setCopied(t('tokens.noCopying'))
    }
  }
  return (
    <ConfirmDialog
      title={t('tokens.secretTitle', { name })}
      action={t('tokens.done')}
      hasCancel={false}
      isBusy={false}
      error={null}
      onConfirm={onClose}
      onCancel={onClose}
    >
      <p>{t('tokens.keepIt')}</p>
      <div className="secret">
        <label className="unseen" htmlFor={id}>
          {t('tokens.secret')}
        </label>
        <input id={id} ref={field} readOnly value={secret} spellCheck={false} />
        <button type="button" className="button" onClick={() => void copy()}>
          {t('common.copy')}
        </button>
      </div>
      <p role="status">{copied}</p>
    </ConfirmDialog>
  )
}
