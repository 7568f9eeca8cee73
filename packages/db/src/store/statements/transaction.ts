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
