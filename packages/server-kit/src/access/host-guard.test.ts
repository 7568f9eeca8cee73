import { describe, expect, test } from 'vitest'
import { isAllowedHost, isForeignPage } from './host-guard.js'

const allowed = ['quota.lan', '[2001:db8::1]', '10.0.0.1']

describe('a Host header', () => {
  test.each([
    'localhost',
    'LOCALHOST:4000',
    '127.0.0.1:1',
    '[::1]',
    '[::1]:4000',
    'quota.lan',
    'Quota.LAN.:443',
    '[2001:DB8::1]:4000',
    '10.0.0.1:4000',
  ])('%s names this server', header => expect(isAllowedHost(header, allowed)).toBe(true))

  test.each([
    undefined,
    '',
    ':4000',
    'evil.example',
    'localhost.evil.example',
    'evil.example@localhost',
    'localhost@evil.example',
    'localhost/evil',
    'localhost evil',
    'localhost:80:80',
    'localhost:x',
    '127.0.0.2',
    '::1',
    '[::1',
    '[2001:db8::2]',
    'quota.lan..',
  ])('%s does not', header => expect(isAllowedHost(header, allowed)).toBe(false))
})

describe('a request', () => {
  test.each([
    [{}, false],
    [{ 'sec-fetch-site': 'same-origin' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, true],
    // Another port of this host serves another program's page.
    [{ 'sec-fetch-site': 'same-site' }, true],
    [{ 'sec-fetch-site': ['cross-site', 'none'] }, true],
    [{ origin: 'http://localhost:4000' }, false],
    [{ origin: 'https://quota.lan' }, false],
    [{ origin: 'http://[::1]:4000' }, false],
    [{ origin: 'https://evil.example' }, true],
    [{ origin: 'null' }, true],
    [{ origin: '' }, true],
    [{ origin: 'https://localhost.evil.example' }, true],
    [{ origin: 'https://localhost@evil.example' }, true],
    [{ origin: 'http://localhost', 'sec-fetch-site': 'cross-site' }, true],
  ])('with %o comes from a foreign page: %s', (headers, isForeign) => {
    expect(isForeignPage(headers, allowed)).toBe(isForeign)
  })
})
