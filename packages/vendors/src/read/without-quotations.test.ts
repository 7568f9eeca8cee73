import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withoutQuotations, withoutQuotedSentences } from './without-quotations.js'

const prompt = `the key was revoked ${'and so on '.repeat(100)}`.trim()

test.each([
  ['The model `x` is new', 'The model  is new', 'The model `x` is new'],
  ['got "the model" here', 'got  here', 'got  here'],
  ["{'input': 'it\\'s said that it\\'s new'}", '{: }', "{'input': }"],
  [`got "${prompt}".`, 'got .', 'got .'],
  [`got '${prompt}'.`, 'got .', 'got .'],
  ["the user's key isn't new", "the user's key isn't new", "the user's key isn't new"],
  ['“a b”: “c”', ': ', ': “c”'],
])('%j loses what is quoted', (message, statement, named) => {
  expect(withoutQuotations(message)).toBe(statement)
  expect(withoutQuotedSentences(message)).toBe(named)
})

test('no message takes long', () => {
  const signs = fc.constantFrom('"', "'", '`', '“', '”', ' ', 'a', '.', '\n', " '", ' "')
  const message = fc.array(signs, { maxLength: 4_000 }).map(parts => parts.join('').slice(0, 4_000))
  fc.assert(
    fc.property(message, text => {
      const before = process.cpuUsage()
      withoutQuotedSentences(text)
      expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
    }),
  )
})
