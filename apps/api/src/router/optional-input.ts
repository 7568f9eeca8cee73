import { alertsSchema, ledgerSchema } from '@quotakeeper/quota-core'

/** Input of `usage.ledger`, which may be left out. */
export const ledgerInputSchema = ledgerSchema.prefault({})

/** Input of `alerts.list`, which may be left out. */
export const alertsInputSchema = alertsSchema.prefault({})
