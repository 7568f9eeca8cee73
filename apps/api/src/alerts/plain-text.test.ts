import { expect, test } from 'vitest'
import { oneLine, shortened, slackText } from './plain-text.js'

test.each([
  [
    '<!channel> & <http://evil.example|your bank>',
    '&lt;!channel&gt; &amp; &lt;http://evil.example|your bank&gt;',
  ],
  ['model <@U024BE7LH>', 'model &lt;@\u200bU024BE7LH&gt;'],
  ['@here @everyone a@b', '@\u200bhere @\u200beveryone a@\u200bb'],
  ['&lt;!here&gt;', '&amp;lt;!here&amp;gt;'],
  ['80% of 100 (12 of 15)', '80% of 100 (12 of 15)'],
])('Slack shows %j without mentions or links', (text, safe) => {
  expect(slackText(text)).toBe(safe)
})

test('a line contains no line breaks, direction marks or invisible characters', () => {
  expect(oneLine('a\r\nBcc: everyone@example.com\u2028b\u202ec\u0000d\u200be')).toBe(
    'a Bcc: everyone@example.com b c d e',
  )
})

test('a text is shortened between characters', () => {
  expect(shortened('😀😀😀', 3)).toBe('😀😀😀')
  expect(shortened('😀😀😀😀', 3)).toBe('😀😀…')
})
