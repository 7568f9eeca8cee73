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

const everyMs = 5_000
const pageSize = 50

/** Alerts, newest first, and their delivery. */
export function AlertsPage({ mayChange }: { readonly mayChange: boolean }) {
  const [{ severity }, change] = useFilters(alertFilters)
  const client = useApiClient()
  const input = { pageSize, ...(severity !== '' && { severity }) }
  const pages = usePages({
    key: ['alerts', input],
    read: cursor => client.alerts.list.query({ ...input, cursor }),
    everyMs,
  })
  return (
    <>
      <div className="title-row">
        <h1>Alerts</h1>
        {mayChange && <TestAlert />}
      </div>
      <div className="filter">
        <FilterChoice
          name="Severity"
          choices={severities}
          value={severity}
          onChange={chosen => change({ severity: chosen })}
        />
      </div>
      <Paged
        what="alerts"
        pages={pages}
        empty={
          <EmptyNotice title="No alerts.">
            Raised at 80, 90 and 100 % of a limit, once per window.
          </EmptyNotice>
        }
      >
        {rows => <AlertTable rows={rows} withSubject />}
      </Paged>
    </>
  )
}

function TestAlert() {
  const api = useApi()
  const say = useToast()
  const [isAsking, setAsking] = useState(false)
  const test = useMutation(
    api.alerts.test.mutationOptions({
      onSuccess: ({ deliveries }) => {
        setAsking(false)
        const failed = deliveries.filter(delivery => delivery.error !== null)
        if (deliveries.length === 0)
          say('No receivers are configured: add them under "alerts" in the configuration.')
        else if (failed.length === 0) say(`The test reached all ${deliveries.length} receivers.`)
        else say(failed.map(({ channel, error }) => `${channel}: ${error}`).join('; '))
      },
    }),
  )
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        Send a test
      </button>
      {isAsking && (
        <ConfirmDialog
          title="Send a test alert?"
          action="Send it"
          isBusy={test.isPending}
          error={test.error?.message ?? null}
          onConfirm={() => test.mutate()}
          onCancel={() => setAsking(false)}
        >
          <p>Every configured receiver gets a test message.</p>
        </ConfirmDialog>
      )}
    </>
  )
}
