import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, useApi, useApiClient } from '../data/api.js'
import { useNow } from '../data/use-now.js'
import { usePages } from '../data/use-pages.js'
import { exactTime } from '../show/instants.js'
import type { Language } from '../texts/language.js'
import { useLanguage } from '../texts/language-provider.js'
import { ConfirmDialog } from './confirm-dialog.js'
import { Paged } from './paged.js'
import { TableFrame } from './table-frame.js'
import { TokenDialog } from './token-dialog.js'
import { useDone } from './use-done.js'

type Token = Outputs['tokens']['list']['rows'][number]

const everyMs = 10_000
const pageSize = 50

/** The tokens of a consumer; one is made and revoked here. */
export function ConsumerTokens({
  name,
  mayAdminister,
}: {
  readonly name: string
  /** Whether tokens that administer may be made. */
  readonly mayAdminister: boolean
}) {
  const { t } = useLanguage()
  const [isMaking, setMaking] = useState(false)
  const client = useApiClient()
  const pages = usePages({
    key: ['tokens', name],
    read: cursor => client.tokens.list.query({ consumer: name, pageSize, cursor }),
    everyMs,
  })
  return (
    <section aria-labelledby="tokens">
      <div className="section-row">
        <h2 id="tokens">{t('tokens.title')}</h2>
        <button type="button" className="button" onClick={() => setMaking(true)}>
          {t('tokens.make')}
        </button>
      </div>
      <Paged
        what={t('tokens.theTokens')}
        pages={pages}
        empty={<p className="quiet">{t('common.noneSentence')}</p>}
      >
        {rows => <TokenTable rows={rows} mayAdminister={mayAdminister} />}
      </Paged>
      {isMaking && (
        <TokenDialog consumer={name} mayAdminister={mayAdminister} onClose={() => setMaking(false)} />
      )}
    </section>
  )
}

function TokenTable({
  rows,
  mayAdminister,
}: {
  readonly rows: readonly Token[]
  readonly mayAdminister: boolean
}) {
  const nowMs = useNow()
  const language = useLanguage()
  const { t, since } = language
  const [ending, setEnding] = useState<string | null>(null)
  return (
    <>
      <TableFrame>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('common.name')}</th>
              <th scope="col">{t('tokens.allows')}</th>
              <th scope="col">{t('common.state')}</th>
              <th scope="col">{t('tokens.ends')}</th>
              <th scope="col">{t('tokens.lastUsed')}</th>
              <th scope="col">{t('tokens.fingerprint')}</th>
              <th scope="col">
                <span className="unseen">{t('common.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(token => (
              <tr key={`${token.name}/${token.fingerprint}`}>
                <th scope="row">{token.name}</th>
                <td>{token.scopes.map(scope => t(`codes.scopes.${scope}`)).join(t('formats.listComma'))}</td>
                <td>{t(`codes.tokenStates.${token.state}`)}</td>
                <td className="time">{endOf(language, token, nowMs)}</td>
                <td
                  className="time"
                  title={token.lastUsedAt === null ? undefined : exactTime(token.lastUsedAt)}
                >
                  {token.lastUsedAt === null ? t('common.never') : since(token.lastUsedAt, nowMs)}
                </td>
                <td>
                  <code>{token.fingerprint}</code>
                </td>
                <td>
                  {mayRevoke(token, mayAdminister) && <RevokeButton name={token.name} onAsk={setEnding} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      {ending !== null && <RevokeDialog name={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

/** Tokens of the configuration file are ended in the file. */
function mayRevoke({ state, managedBy, scopes }: Token, mayAdminister: boolean): boolean {
  return state === 'valid' && managedBy === 'api' && (mayAdminister || !scopes.includes('admin'))
}

function endOf({ t, clockTime }: Language, { expiresAt, revokedAt }: Token, nowMs: number): string {
  const [end] = [expiresAt, revokedAt].filter(instant => instant !== null).sort()
  return end === undefined ? t('common.never') : clockTime(end, nowMs)
}

function RevokeButton({ name, onAsk }: { readonly name: string; readonly onAsk: (name: string) => void }) {
  const { t } = useLanguage()
  return (
    <button type="button" className="button button-danger" onClick={() => onAsk(name)}>
      {t.rich('tokens.revokeName', { name, unseen: chunks => <span className="unseen">{chunks}</span> })}
    </button>
  )
}

function RevokeDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const api = useApi()
  const done = useDone(onClose)
  const { t } = useLanguage()
  const revoke = useMutation(
    api.tokens.revoke.mutationOptions({ onSuccess: done(t('tokens.revoked', { name })) }),
  )
  return (
    <ConfirmDialog
      title={t('tokens.revokeTitle', { name })}
      action={t('tokens.revoke')}
      isDangerous
      isBusy={revoke.isPending}
      error={revoke.error?.message ?? null}
      onConfirm={() => revoke.mutate({ name })}
      onCancel={onClose}
    >
      <p>{t('tokens.revokeText')}</p>
    </ConfirmDialog>
  )
}
