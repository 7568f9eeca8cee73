import type { Statement } from '../../database/database.js'

/** Each statement sees what was committed before it: what follows the lock sees all that preceded it. */
export const begin: Statement = { name: '', text: 'begin isolation level read committed', values: [] }

/** Every statement sees the same instant. */
export const beginSnapshot: Statement = {
  name: '',
  text: 'begin isolation level repeatable read read only',
  values: [],
}

export const commit: Statement = { name: '', text: 'commit', values: [] }

export const rollback: Statement = { name: '', text: 'rollback', values: [] }

/**
 * The database's clock, in whole milliseconds. Not now(), which is the instant of BEGIN: after a wait
 * for a lock it was measured a second old.
 */
export const readClock: Statement = {
  name: 'clock',
  text: 'select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms',
  values: [],
}
