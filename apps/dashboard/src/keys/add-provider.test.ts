import { expect, test } from 'vitest'
import { loadLanguage } from '../texts/language.js'
import { addedText } from './add-provider.js'

const check = { providerName: 'groq_2', vendor: 'groq', result: 'ok', httpStatus: 200, remedy: null } as const
const entered = {
  ...{ providerName: 'groq_2', vendor: 'groq', baseUrl: null, fingerprint: 'f', keyPairId: 'p' },
  ...{ enteredAt: '2026-11-29T12:00:00.000Z', enteredBy: 'admin', sameAs: 'groq_1' },
}

test('of a key that is added, a twin and keys of its account that could not join its pool are named', async () => {
  const { t } = await loadLanguage('en')
  const poolProblem = t('addKey.notInPool', {
    name: 'groq_1',
    pool: 'groq-keys',
    reason: 'calls are in flight',
  })
  expect(addedText(t, { check, entered, poolProblem })).toBe(
    'The vendor accepts the key. groq_1 has the same key. groq_1 is not in the pool groq-keys: calls are in flight',
  )
  expect(addedText(t, { check, entered: null, poolProblem: null })).toBe('The vendor accepts the key.')
})
