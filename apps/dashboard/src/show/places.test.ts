import { expect, test } from 'vitest'
import { loadLanguage } from '../texts/language.js'
import { titleOf } from './places.js'

const { t } = await loadLanguage('en')

test.each([
  ['/', 'Overview'],
  ['/usage', 'Usage'],
  ['/calls', 'Calls'],
  ['/providers/groq_1', 'groq_1'],
  ['/providers/50%25%20off', '50% off'],
  ['/consumers/acme%20web', 'acme web'],
  ['/requests/req_1', 'Request req_1'],
  ['/providers', 'Page not found'],
  ['/providers/', 'Page not found'],
  ['/providers/a/b', 'Page not found'],
  ['/nowhere/at-all', 'Page not found'],
])('the title of %s names %s', (path, name) => {
  expect(titleOf(t, path, null)).toBe(`${name} · Quotakeeper`)
})

test('to a token of a consumer the first page is that of its consumer', () => {
  expect(titleOf(t, '/', 'acme')).toBe('acme · Quotakeeper')
})
