import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi, useApiClient } from '../data/api.js'
import { useFilters } from '../data/use-filters.js'
import { usePages } from '../data/use-pages.js'
import { AlertTable } from '../parts/alert-table.js'
import { ConfirmDialog } from '../parts/confirm-dialog.js'
import { FilterChoice } from '../parts/filter-fields.js'
import { EmptyNotice } from '../parts/notices.js'
import { Paged } from '../parts/paged.js'
import { useToast } from '../parts/toasts.js'
import { alertFilters, severities } from '../show/page-filters.js'
import { useLanguage } from '../texts/language-provider.js'

const everyMs = 5_000
const pageSize = 50

/** Alerts, newest first, and their delivery. */
export function AlertsPage({ mayChange }: { readonly mayChange: boolean }) {
  const [{ severity }, change] = useFilters(alertFilters)
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
        <FilterChoice
          name={t('alerts.severity')}
          choices={severities}
          value={severity}
          onChange={chosen => change({ severity: chosen })}
          word={choice => t(`codes.severities.${choice}`)}
        />
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
        else if (failed.length === 0) say(t('alerts.reachedAll', { count: deliveries.length }))
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
