import { expect, test } from 'vitest'
import { findKey } from './find-key.js'
import { keyVariables } from './key-variables.js'

const groq = ['GROQ_API_KEY']

test.each([
  ['groq', ['GROQ_API_KEY', 'GROQ_API_KEY_1']],
  ['groq_1', ['GROQ_API_KEY', 'GROQ_API_KEY_1']],
  ['groq_2', ['GROQ_API_KEY_2']],
  ['groq-12', ['GROQ_API_KEY_12']],
  ['groq_2026', ['GROQ_API_KEY', 'GROQ_API_KEY_1']],
])('the number at the end of %s chooses among the variables of its vendor', (name, variables) => {
  expect(keyVariables({ name, vendor: 'groq', apiKeyEnv: groq })).toEqual(variables)
})

test('a configured variable is the only one', () => {
  expect(keyVariables({ name: 'groq_2', vendor: 'groq', apiKeyEnv: ['TEAM_KEY'] })).toEqual(['TEAM_KEY'])
})

test('a server of the user’s own needs no key unless one is named', () => {
  const owner = { name: 'local_1', vendor: 'custom', apiKeyEnv: [] }
  expect(findKey(owner, {})).toEqual({ found: true, key: null })
})

test('an unset, empty or blank variable is skipped for the next possible one', () => {
  const owner = { name: 'groq_1', vendor: 'groq', apiKeyEnv: groq }
  for (const value of [undefined, '', '  ']) {
    expect(findKey(owner, { GROQ_API_KEY: value })).toEqual({
      found: false,
      reason: 'GROQ_API_KEY is not set',
    })
    expect(findKey(owner, { GROQ_API_KEY: value, GROQ_API_KEY_1: ' key\n' })).toEqual({
      found: true,
      key: 'key',
    })
  }
})

test('a setting of Quotakeeper is never a key, since it would be sent to a vendor', () => {
  const owner = { name: 'mine_1', vendor: 'custom', apiKeyEnv: ['QUOTA_SEALING_KEY'] }
  const found = findKey(owner, { QUOTA_SEALING_KEY: 'secret' })
  expect(found).toEqual({ found: false, reason: expect.stringContaining('QUOTA_SEALING_KEY is a setting') })
  expect(JSON.stringify(found)).not.toContain('"secret"')
})

test('a value that is invalid in a header is refused, and not shown', () => {
  const found = findKey({ name: 'groq_1', vendor: 'groq', apiKeyEnv: groq }, { GROQ_API_KEY: 'a\nsecret' })
  expect(found.found).toBe(false)
  expect(JSON.stringify(found)).not.toContain('secret')
})
