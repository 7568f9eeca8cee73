import { describe, expect, it, test } from 'vitest'
import { z } from 'zod'
import { StartupError } from '../lifecycle/startup-error.js'
import { allowedHostsOf, readVariables } from './read-settings.js'
import {
  choiceSetting,
  hostListSetting,
  hostSetting,
  portSetting,
  switchSetting,
  tokenSetting,
  wholeSetting,
} from './setting.js'

const schema = z.object({
  A_PORT: portSetting.prefault('4000'),
  A_HOST: hostSetting.prefault('127.0.0.1'),
  A_TOKEN: tokenSetting.optional(),
  A_HOSTS: hostListSetting.prefault(''),
  A_LEVEL: choiceSetting(['info', 'warn']).default('info'),
  A_SWITCH: switchSetting.prefault('false'),
  A_NUMBER: wholeSetting({ min: 1, max: 50 }).prefault('7'),
})

test('absent and empty variables take their defaults, and others are ignored', () => {
  const defaults = {
    A_PORT: 4_000,
    A_HOST: '127.0.0.1',
    A_HOSTS: [],
    A_LEVEL: 'info',
    A_SWITCH: false,
    A_NUMBER: 7,
  }
  expect(readVariables(schema, {})).toEqual(defaults)
  const empty = Object.fromEntries(Object.keys(schema.shape).map(name => [name, '']))
  expect(readVariables(schema, { ...empty, PATH: '/bin', UNSET: undefined })).toEqual(defaults)
})

test('variables are parsed', () => {
  const given = {
    A_PORT: '0',
    A_HOST: '[::1]',
    A_TOKEN: 'x'.repeat(1_000),
    A_HOSTS: ' Quota.LAN , [2001:DB8::1],, ',
    A_LEVEL: 'warn',
    A_SWITCH: 'true',
    A_NUMBER: '050',
  }
  expect(readVariables(schema, given)).toEqual({
    A_PORT: 0,
    A_HOST: '::1',
    A_TOKEN: given.A_TOKEN,
    A_HOSTS: ['quota.lan', '[2001:db8::1]'],
    A_LEVEL: 'warn',
    A_SWITCH: true,
    A_NUMBER: 50,
  })
})

describe('an error', () => {
  it.each([
    ['A_PORT', '65536', 'A_PORT must be a port from 0 to 65535; it is "65536"'],
    ['A_PORT', '-1', 'A_PORT must be a port from 0 to 65535; it is "-1"'],
    ['A_PORT', '4e3', 'A_PORT must be a port from 0 to 65535; it is "4e3"'],
    [
      'A_HOST',
      'http://localhost',
      'A_HOST must be an address or a host name, without a port; it is "http://localhost"',
    ],
    ['A_HOSTS', 'a,b:80', 'A_HOSTS must be host names without ports, separated by commas; it is "a,b:80"'],
    ['A_LEVEL', 'loud', 'A_LEVEL must be one of info, warn; it is "loud"'],
    ['A_SWITCH', 'yes', 'A_SWITCH must be true or false; it is "yes"'],
    ['A_NUMBER', '51', 'A_NUMBER must be a whole number from 1 to 50; it is "51"'],
    ['A_NUMBER', '1.5', 'A_NUMBER must be a whole number from 1 to 50; it is "1.5"'],
    ['A_NUMBER', '9'.repeat(30), `A_NUMBER must be a whole number from 1 to 50; it is "${'9'.repeat(30)}"`],
  ])('for %s=%s is one line', (name, value, line) => {
    expect(() => readVariables(schema, { [name]: value })).toThrow(new StartupError(line))
  })

  it('contains no secret value, no long value and no line breaks', () => {
    expect(() => readVariables(schema, { A_TOKEN: 'my secret' })).toThrow(
      new StartupError('A_TOKEN must be at most 1000 printable ASCII characters without spaces'),
    )
    const error = (value: string): string => {
      try {
        readVariables(schema, { A_LEVEL: value })
      } catch (cause) {
        return String(cause)
      }
      return ''
    }
    expect(error('x'.repeat(5_000)).length).toBeLessThan(300)
    expect(error('a\nb\r\u001b[31m\u2028c')).toMatch(/it is "a b {2}\[31m c"$/)
  })

  it('reports all variables at once', () => {
    expect(() => readVariables(schema, { A_PORT: 'x', A_SWITCH: 'x' })).toThrow(/^A_PORT .*; A_SWITCH /)
  })
})

test('allowed hosts are the listening address and the configured names', () => {
  expect(allowedHostsOf('::1', ['quota.lan', 'quota.lan'])).toEqual(['[::1]', 'quota.lan'])
  expect(allowedHostsOf('10.0.0.1', ['10.0.0.1'])).toEqual(['10.0.0.1'])
})
