import type { CountSums, UsageDelta } from '@quotakeeper/quota-core'
import { writerNumber } from '../../writer.js'
import { countColumnNames, sumsColumns } from './attempt-columns.js'
import { type Column, type ColumnSource, fromMs, overRows, type RowStatement } from './rows.js'

const selection = `provider_name, date::text as date, ${countColumnNames.map(name => `${name}::text`).join(', ')}`
const maybeToday = `date between (select (clock_timestamp() at time zone 'UTC')::date) - 1
  and (select (clock_timestamp() at time zone 'UTC')::date) + 1`

/** The sums of the days that may be today in some zone, of the providers in $3, or of all. */
export const usageRows: ColumnSource = {
  columns: ['provider_name', 'date', ...countColumnNames],
  all: `select ${selection} from ai_provider_usage where ${maybeToday}`,
  some: `select ${selection} from ai_provider_usage where provider_name = any($3::text[]) and ${maybeToday}`,
}

/** Usage of many calls, as a batch adds it. */
export type UsageSum = Omit<UsageDelta, 'counts'> & { readonly counts: CountSums }

const dayColumns: readonly Column<UsageSum>[] = [
  { name: 'provider_name', type: 'text', value: row => row.providerName },
  { name: 'date', type: 'date', value: row => row.date },
  ...sumsColumns<UsageSum>(row => row.counts),
]

const hourColumns: readonly Column<UsageSum>[] = [
  ...dayColumns,
  { name: 'hour_start', type: 'bigint', cast: fromMs, value: row => row.hourStartMs },
  { name: 'model', type: 'text', value: row => row.model },
  { name: 'consumer', type: 'text', value: row => row.consumer },
]

function addTo(table: string): string {
  return countColumnNames.map(column => `${column} = ${table}.${column} + excluded.${column}`).join(', ')
}

/** Adds to the sums by day. */
export const addDailyUsage: RowStatement<UsageSum> = overRows(
  'add-daily-usage',
  dayColumns,
  ({ names, values, rows }) =>
    `insert into ai_provider_usage (${names}, writer) select ${values}, ${writerNumber} from ${rows}
      on conflict (provider_name, date) do update set ${addTo('ai_provider_usage')}`,
)

/** Adds to the sums by hour, model and consumer. */
export const addHourlyUsage: RowStatement<UsageSum> = overRows(
  'add-hourly-usage',
  hourColumns,
  ({ names, values, rows }) =>
    `insert into usage_hourly (${names}) select ${values} from ${rows}
      on conflict (provider_name, hour_start, date, model, consumer) do update set ${addTo('usage_hourly')}`,
)
