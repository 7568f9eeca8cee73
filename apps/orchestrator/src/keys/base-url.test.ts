import { expect, test } from 'vitest'
import { findBaseUrl } from './base-url.js'

const own = { host: '127.0.0.1', port: 4100 }
const ask = (vendor: string, baseUrl: string | null, environment = {}) =>
  findBaseUrl({ vendor, baseUrl, environment, own })

test('a provider’s own address takes precedence over the variable, and that over the vendor’s', () => {
  const environment = { GROQ_BASE_URL: 'http://127.0.0.1:9/v1/' }
  expect(ask('groq', 'https://mine.example:8443/a/?api-version=1', environment)).toEqual({
    found: true,
    origin: 'https://mine.example:8443',
    path: '/a',
    query: '?api-version=1',
  })
  expect(ask('groq', null, environment)).toMatchObject({ origin: 'http://127.0.0.1:9', path: '/v1' })
  expect(ask('groq', null, { GROQ_BASE_URL: '' })).toMatchObject({ origin: 'https://api.groq.com' })
})

test('an address of this gateway itself is refused, since it would loop', () => {
  for (const url of ['http://127.0.0.1:4100/v1', 'http://localhost:4100/v1', 'http://[::1]:4100/v1']) {
    expect(ask('openai', null, { OPENAI_BASE_URL: url })).toEqual({
      found: false,
      reason: 'OPENAI_BASE_URL points to this gateway itself',
    })
  }
  expect(ask('openai', null, { OPENAI_BASE_URL: 'http://localhost:4101/v1' }).found).toBe(true)
})

test('no key is sent to a link-local or metadata address, in any notation', () => {
  for (const url of [
    'http://169.254.169.254/v1',
    'http://2852039166/v1',
    'http://[::ffff:169.254.169.254]/v1',
    'http://metadata.google.internal/v1',
  ]) {
    expect(ask('openai', url)).toMatchObject({ found: false, reason: expect.stringMatching(/link-local/) })
  }
  for (const url of [
    'http://0.0.0.0:4100/v1',
    'http://[::ffff:127.0.0.1]:4100/v1',
    'http://2130706433:4100/v1',
  ])
    expect(ask('openai', url)).toMatchObject({
      found: false,
      reason: expect.stringMatching(/points to this gateway/),
    })
})

test('an invalid address is refused, and a password in it is not shown', () => {
  for (const url of ['nonsense', 'ftp://x/v1', 'https://user:secret@x/v1']) {
    const found = ask('my vendor', url)
    expect(found.found).toBe(false)
    expect(JSON.stringify(found)).not.toContain('secret')
  }
  expect(ask('my-vendor', null)).toEqual({
    found: false,
    reason: 'it has no baseUrl, and MY_VENDOR_BASE_URL is not set',
  })
})
