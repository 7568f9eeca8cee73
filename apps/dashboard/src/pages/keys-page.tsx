import { useQuery } from '@tanstack/react-query'
import { useApi } from '../data/api.js'
import { AddKeyForm } from '../parts/add-key-form.js'
import { KeyList } from '../parts/key-list.js'
import { FailedNotice, Loading } from '../parts/notices.js'
import { PasteKeys } from '../parts/paste-keys.js'
import { useLanguage } from '../texts/language-provider.js'

const everyMs = 5_000
const maxProviders = 10_000

/** Adding keys, and those in use. */
export function KeysPage({ mayChange }: { readonly mayChange: boolean }) {
  const api = useApi()
  const { t } = useLanguage()
  const entered = useQuery(api.keys.entered.queryOptions(undefined, { refetchInterval: everyMs }))
  const providers = useQuery(
    api.providers.list.queryOptions({ pageSize: maxProviders }, { refetchInterval: everyMs }),
  )
  const error = entered.error ?? providers.error
  return (
    <>
      <h1>{t('shell.keys')}</h1>
      {error !== null && <FailedNotice what={t('shell.keys')} error={error} />}
      {entered.data === undefined || providers.data === undefined ? (
        error === null && <Loading what={t('keys.theKeys')} />
      ) : (
        <>
          {entered.data.reason !== null && (
            <p className="notice" role="status" lang="en">
              {entered.data.reason}
            </p>
          )}
          {mayChange && entered.data.isOn && (
            <div className="pair">
              <AddKeyForm providers={providers.data.rows} />
              <PasteKeys providers={providers.data.rows} />
            </div>
          )}
          {!mayChange && <p>{t('keys.onlyAdmin')}</p>}
          <KeyList
            providers={providers.data.rows}
            entered={entered.data.keys}
            mayChange={mayChange && entered.data.isOn}
          />
        </>
      )}
    </>
  )
}
