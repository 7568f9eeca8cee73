import { expect, test } from 'vitest'
import { EventFrames, maxEventBytes } from './event-frames.js'

/** The frames of a text that arrives in parts of `partBytes` bytes. */
function framesOf(text: string, partBytes: number): { bytes: string; data: readonly string[] }[] {
  const frames = new EventFrames()
  const bytes = Buffer.from(text)
  const found = []
  for (let at = 0; at < bytes.length; at += partBytes) {
    found.push(...frames.push(Buffer.from(bytes.subarray(at, at + partBytes))))
  }
  found.push(...frames.end())
  return found.map(frame => ({
    bytes: frame.bytes.toString('utf8'),
    data: frame.events.map(event => event.text),
  }))
}

const streams: readonly (readonly [string, string, readonly (readonly string[])[]])[] = [
  ['events', 'data: {"a":1}\n\ndata: [DONE]\n\n', [['{"a":1}'], ['[DONE]']]],
  ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', [['a'], ['b']]],
  ['CR', 'data: a\r\rdata: b\r\r', [['a'], ['b']]],
  ['mixed line ends', 'data: a\n\r\ndata: b\r\n\n', [['a'], ['b']]],
  ['comments', ': PROCESSING\n\ndata: a\n\n', [[], ['a']]],
  ['named events and ids', 'event: x\nid: 7\ndata: a\n\n', [['a']]],
  ['data of several lines', 'data: a\ndata: b\n\n', [['a\nb']]],
  ['an end without a blank line', 'data: a\n\ndata: b', [['a'], ['b']]],
  ['letters of several bytes', 'data: 😀é𠮷\n\n', [['😀é𠮷']]],
  ['blank lines in between', 'data: a\n\n\n\ndata: b\n\n', [['a'], [], [], ['b']]],
]

test.each(streams)('%s are told alike however they are cut, and stay as they came', (_, text, events) => {
  for (const partBytes of [1, 2, 3, 7, 1_000]) {
    const frames = framesOf(text, partBytes)
    expect(frames.map(({ bytes }) => bytes).join('')).toBe(text)
    expect(frames.flatMap(({ data }) => data)).toEqual(events.flat())
  }
})

test('the name of an event is read, and JSON is parsed', () => {
  const frames = new EventFrames().push(Buffer.from('event: error\ndata: {"a":1}\n\ndata: {"a"\n\n'))
  expect(frames.flatMap(frame => frame.events)).toEqual([
    { name: 'error', text: '{"a":1}', parsed: { a: 1 } },
    { name: undefined, text: '{"a"', parsed: undefined },
  ])
})

test('a long event is one frame, and one that is too long breaks the stream before much is buffered', () => {
  const long = 'x'.repeat(2_500_000)
  const frames = framesOf(`data: ${long}\n\ndata: next\n\n`, 65_536)
  expect(frames.flatMap(({ data }) => data)).toEqual([long, 'next'])
  for (const start of ['data: ', ': ', 'x', '{']) {
    const endless = new EventFrames()
    const chunk = Buffer.alloc(65_536, 'x')
    endless.push(Buffer.from(start))
    let bytes = 0
    expect(() => {
      for (; bytes < 2 * maxEventBytes; bytes += chunk.length) endless.push(chunk)
    }).toThrow('an event of more than 8388608 bytes')
    expect(bytes).toBeLessThanOrEqual(maxEventBytes)
  }
  expect(() => new EventFrames(100).push(Buffer.from(`data: ${'x'.repeat(200)}\n\n`))).toThrow(
    'more than 100',
  )
})
