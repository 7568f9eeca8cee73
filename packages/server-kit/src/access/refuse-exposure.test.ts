import { describe, expect, it, test } from 'vitest'
import { StartupError } from '../lifecycle/startup-error.js'
import { isLoopback } from './loopback.js'
import { refuseExposure } from './refuse-exposure.js'

test.each([
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['localhost', true],
  ['LocalHost', true],
  ['::1', true],
  ['[::1]', true],
  ['0:0:0:0:0:0:0:1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['128.0.0.1', false],
  ['192.168.1.5', false],
  ['::ffff:10.0.0.1', false],
  ['localhost.lan', false],
  ['my-machine', false],
  ['', false],
])('%s is of the loopback: %s', (host, is) => expect(isLoopback(host)).toBe(is))

describe('beyond loopback', () => {
  const expose = (tokens: Readonly<Record<string, string | null>>) => () =>
    refuseExposure({ hostVariable: 'QUOTA_X_HOST', host: '0.0.0.0', tokens })

  it('every token is required, and the error names missing ones', () => {
    expect(expose({ A: null, B: null })).toThrow(StartupError)
    expect(expose({ A: null, B: null })).toThrow(/^QUOTA_X_HOST=0\.0\.0\.0 .* set A and B, or listen on/)
    expect(expose({ A: 'a'.repeat(32), B: null })).toThrow(/ set B, /)
  })

  it('short tokens are refused, and the error does not contain them', () => {
    expect(expose({ A: 'a'.repeat(32), B: 'b'.repeat(32) })).not.toThrow()
    expect(expose({ A: 'a'.repeat(32), B: 'secret'.repeat(5) })).toThrow(
      /^B is shorter than 32 characters, (?!.*secret).*openssl rand -hex 32/,
    )
    expect(expose({ A: '', B: 'b'.repeat(32) })).toThrow(/^A is shorter/)
  })

  it('on loopback no token is required', () => {
    refuseExposure({ hostVariable: 'QUOTA_X_HOST', host: '[::1]', tokens: { A: null, B: 'short' } })
  })
})
