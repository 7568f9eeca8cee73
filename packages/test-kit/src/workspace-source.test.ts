import { expect, test } from 'vitest'
import * as source from './index.js'

test('tests use workspace packages from source, by their names', async () => {
  // Not the same module where the name leads to dist.
  const named: unknown = await import('@quotakeeper/test-kit')
  expect(named).toBe(source)
})
