import type { Statement } from '../../database/database.js'

/** Each statement sees what was committed before it: what follows the lock sees all that preceded it. */
export const begin: Statement = {
  name: 'begin',
  text: 'begin isolation level read committed',
  values: [],
}

/** Every statement sees the same instant. */
export const beginSnapshot: Statement = {
  name: 'begin-snapshot',
  text: 'begin isolation level repeatable read read only',
  values: [],
}

export const commit: Statement = { name: 'commit', text: 'commit', values: [] }

export const rollback: Statement = { name: 'rollback', text: 'rollback', values: [] }
