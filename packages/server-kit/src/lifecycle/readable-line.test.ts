import { expect, test } from 'vitest'
import { createLog } from './create-log.js'
import { readableLine } from './readable-line.js'

/** What the log writes to a terminal. */
function shown(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = ''
  write(createLog('info', { write: line => (text += readableLine(line, 'UTC')) }))
  return text.replace(/^\d\d:\d\d:\d\d /, 'TIME ')
}

test('a line has its time of day, level, text and details', () => {
  const line =
    '{"level":"warn","time":"2026-11-29T12:34:56.789Z","status":503,"path":"/a b","names":["x"],"msg":"failed"}\n'
  expect(readableLine(line, 'Asia/Tokyo')).toBe('21:34:56 WARN  failed status=503 path="/a b" names=["x"]\n')
  expect(readableLine('not JSON\n')).toBe('not JSON\n')
})

test('an error is shown with its stack, on lines of its own', () => {
  const text = shown(log => log.error({ err: new Error('no luck') }, 'a request failed'))
  expect(text).toMatch(/^TIME ERROR a request failed\n {2}Error: no luck\n {6}at .*\n$/s)
  expect(shown(log => log.info({ err: 'odd' }, 'text'))).toBe('TIME INFO  text err=odd\n')
})

test('what comes from others cannot control the terminal, write lines or be endless', () => {
  const evil = '\u001b]0;title\u0007\n12:00:00 INFO  forged\u202e\u009b2J'
  const text = shown(log => log.info({ name: evil, long: 'x'.repeat(5_000) }, evil))
  expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\u202e]/u)
  expect(text.split('\n')).toHaveLength(2)
  expect(text.length).toBeLessThan(2_500)
})
