import { expect, test } from 'vitest'
import { withoutPrefix } from './path-prefix.js'

test.each([
  ['/quota', '/'],
  ['/quota/', '/'],
  ['/quota?a=1', '/?a=1'],
  ['/quota/trpc/stats.all?batch=1', '/trpc/stats.all?batch=1'],
  ['/quota//evil', '//evil'],
  ['/quotas', '/quotas'],
  ['/trpc/quota/x', '/trpc/quota/x'],
  ['/QUOTA/x', '/QUOTA/x'],
  ['/', '/'],
])('%s is %s without the prefix', (url, without) => {
  expect(withoutPrefix(url, '/quota')).toBe(without)
})
