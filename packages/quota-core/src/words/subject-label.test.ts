import { expect, test } from 'vitest'
import { subjectLabel } from './subject-label.js'

test('a provider is named by its name, others with their kind', () => {
  expect(subjectLabel({ kind: 'provider', name: 'groq_1' })).toBe('groq_1')
  expect(subjectLabel({ kind: 'pool', name: 'groq-org' })).toBe('pool groq-org')
  expect(subjectLabel({ kind: 'team', name: 'web' })).toBe('team web')
})
