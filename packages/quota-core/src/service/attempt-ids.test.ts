import { validate, version } from 'uuid'
import { expect, test } from 'vitest'
import { attemptIds } from './attempt-ids.js'

test('ids are UUIDs of version 7, and none comes twice, however many are made', () => {
  const newId = attemptIds()
  const otherId = attemptIds()
  const ids = Array.from({ length: 5_000 }, () => [newId(), otherId()]).flat()
  expect(ids.every(id => validate(id) && version(id) === 7)).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
})
