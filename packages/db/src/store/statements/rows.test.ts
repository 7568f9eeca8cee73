import { expect, test } from 'vitest'
import { type Column, overAlikeRows } from './rows.js'

interface Call {
  readonly id: number
  readonly key: string
  readonly pool: string | null
}

const columns: readonly Column<Call>[] = [
  { name: 'id', type: 'int', value: row => row.id },
  { name: 'key', type: 'text', value: row => row.key },
  { name: 'pool', type: 'text', value: row => row.pool },
]

const insert = overAlikeRows(
  'insert',
  columns,
  new Set(['id']),
  ({ names, values, rows }) => `insert into call (${names}) select ${values} from ${rows}`,
)

test('what all rows share is sent once', () => {
  const { name, text, values } = insert([
    { id: 1, key: 'a"b', pool: null },
    { id: 2, key: 'a"b', pool: null },
  ])
  expect(name).toBe('insert-alike')
  expect(values).toEqual(['{1,2}', 'a"b', null])
  expect(text).toContain(
    '(select unnest($1::int[]) as "id", $2::text as "key", $3::text as "pool" /* if */) as r',
  )
})

test('rows that differ in one column more are sent column by column', () => {
  const { name, text, values } = insert([
    { id: 1, key: 'a', pool: null },
    { id: 2, key: 'b', pool: null },
  ])
  expect(name).toBe('insert')
  expect(values).toEqual(['{1,2}', '{"a","b"}', '{NULL,NULL}'])
  expect(text).toContain('unnest($2::text[]) as "key"')
})

test('a statement without rows is that of any rows', () => {
  expect(insert([])).toMatchObject({ name: 'insert', values: ['{}', '{}', '{}'] })
})
