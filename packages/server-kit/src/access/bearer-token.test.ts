import { expect, test } from 'vitest'
import { bearerToken, isSameSecret } from './bearer-token.js'

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc', 'abc'],
  ['BEARER a.b-c_d', 'a.b-c_d'],
  ['abc', null],
  ['Basic abc', null],
  ['Bearer', null],
  ['Bearer ', null],
  ['Bearer a b', null],
  ['', null],
  [undefined, null],
])('the token of "%s" is %s', (header, token) => expect(bearerToken(header)).toBe(token))

test.each([
  ['right', 'right', true],
  ['right', 'righT', false],
  ['right', 'right ', false],
  ['', '', true],
  [null, null, false],
  [null, 'right', false],
  ['right', null, false],
])('%j is the same secret as %j: %s', (given, secret, is) => expect(isSameSecret(given, secret)).toBe(is))
