import { expect, test } from 'vitest'
import { type ResponseHeaders, readSignals, vendorNames } from '../index.js'
import { knownVendor } from '../known-vendors.js'
import { quotaHeaders } from './quota-headers.js'

test.each(vendorNames)("all headers in %s's table may report quota, and none can hold a cookie", vendor => {
  const names = quotaHeaders(vendor)
  for (const { limit, remaining, reset } of knownVendor(vendor).headers)
    expect([...names]).toEqual(expect.arrayContaining([limit, remaining, reset]))
  expect([...names]).toEqual([...names].map(name => name.toLowerCase()))
  for (const name of ['set-cookie', 'authorization', 'openai-organization'])
    expect(names.has(name)).toBe(false)
})

test('an unknown vendor has the common headers', () => {
  expect(quotaHeaders('nobody')).toBe(quotaHeaders('custom'))
})

test.each(vendorNames)(
  'readSignals reads no other headers of %s, so that passing on the named ones suffices',
  vendor => {
    const names = quotaHeaders(vendor)
    const named = Object.fromEntries([...names].map((name, index) => [name.toUpperCase(), String(index + 1)]))
    const others = vendorNames.flatMap(other => [...quotaHeaders(other)]).filter(name => !names.has(name))
    const all = { ...Object.fromEntries(others.map(name => [name, '1'])), ...named }
    const read = (headers: ResponseHeaders) =>
      readSignals({ vendor, httpStatus: 429, headers, receivedAtMs: 0 })
    expect(read(all)).toEqual(read(named))
  },
)
