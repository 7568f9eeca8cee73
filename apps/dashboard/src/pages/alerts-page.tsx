import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, useApi, useApiClient } from '../data/api.js'
import { usePages } from '../data/use-pages.js'
import { AlertTable } from '../parts/alert-table.js'
import { ConfirmDialog } from '../parts/confirm-dialog.js'
import { EmptyNotice } from '../parts/notices.js'
import { Paged } from '../parts/paged.js'
import { useToast } from '../parts/toasts.js'
import { useLanguage } from '../texts/language-provider.js'

type Severity = Outputs['alerts']['list']['rows'][number]['severity']

const everyMs = 5_000
const pageSize = 50

/** Alerts, newest first, and their delivery. */
export function AlertsPage({ mayChange }: { readonly mayChange: boolean }) {
  const [severity, setSeverity] = useState<Severity | ''>('')
  const client = useApiClient()
  const { t } = useLanguage()
  const input = { pageSize, ...(severity !== '' && { severity }) }
  const pages = usePages({
    key: ['alerts', input],
    read: cursor => client.alerts.list.query({ ...input, cursor }),
    everyMs,
  })
  return (
    <>
      <div className="title-row">
        <h1>{t('shell.alerts')}</h1>
        {mayChange && <TestAlert />}
      </div>
      <div className="filter">
        <label className="field-inline">
          <span className="field-name">{t('alerts.severity')}</span>
          <select value={severity} onChange={event => setSeverity(event.target.value as Severity | '')}>
            <option value="">{t('common.any')}</option>
            <option value="warning">{t('codes.severities.warning')}</option>
            <option value="critical">{t('codes.severities.critical')}</option>
            <option value="error">{t('codes.severities.error')}</option>
          </select>
        </label>
      </div>
      <Paged
        what={t('alerts.theAlerts')}
        pages={pages}
        empty={<EmptyNotice title={t('alerts.noAlerts')}>{t('alerts.noAlertsHint')}</EmptyNotice>}
      >
        {rows => <AlertTable rows={rows} withSubject />}
      </Paged>
    </>
  )
}

function TestAlert() {
  const api = useApi()
  const say = useToast()
  const { t } = useLanguage()
  const [isAsking, setAsking] = useState(false)
  const test = useMutation(
    api.alerts.test.mutationOptions({
      onSuccess: ({ deliveries }) => {
        setAsking(false)
        const failed = deliveries.filter(delivery => delivery.error !== null)
        if (deliveries.length === 0) say(t('alerts.noReceivers'))
        else if (failed.length === 0) say(t('alerts.reachedAll', { count: String(deliveries.length) }))
        else say(failed.map(({ channel, error }) => `${channel}: ${error}`).join(t('formats.semicolon')))
      },
    }),
  )
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        {t('alerts.sendTest')}
      </button>
      {isAsking && (
        <ConfirmDialog
          title={t('alerts.sendTestTitle')}
          action={t('alerts.sendIt')}
          isBusy={test.isPending}
          error={test.error?.message ?? null}
          onConfirm={() => test.mutate()}
          onCancel={() => setAsking(false)}
        >
          <p>{t('alerts.sendTestText')}</p>
        </ConfirmDialog>
      )}
    </>
  )
}
