import { expect, test } from 'vitest'
import * as source from './index.js'

test('tests use workspace packages from source, by their names', async () => {
  // Would be another module if the name resolved to dist.
  const named: unknown = await import('@quotakeeper/test-kit')
  expect(named).toBe(source)
})
