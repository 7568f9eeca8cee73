import { expect, test } from 'vitest'
import { errorMessageOf } from './error-message.js'

test.each<readonly [unknown, string]>([
  [{ error: { message: 'Invalid value {} for field y' } }, 'Invalid value {} for field y'],
  [{ error: { message: '[400] Bad field' } }, '[400] Bad field'],
  [
    { error: { message: 'Extra parameters ["x"] are not allowed' } },
    'Extra parameters ["x"] are not allowed',
  ],
  [{ error: { message: 'Failed: {"error":{"message":"Bad field"}}' } }, 'Failed:\nBad field'],
  [{ error: { message: 'Failed: {"error":{"message":"Bad"}} at x' } }, 'Failed: at x\nBad'],
  ['<html><body>Bad gateway</body></html>', ''],
  [{ error: { message: 'Upstream: <html><body>Bad gateway</body></html>' } }, 'Upstream:'],
])('the message of %j is %j', (body, message) => expect(errorMessageOf(body)).toBe(message))
