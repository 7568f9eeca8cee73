import { expect, test } from 'vitest'
import { maskSecrets } from './mask-secrets.js'
import { diffLines } from './text-diff.js'

const shown = (before: string, after: string): string =>
  diffLines(before, after)
    .map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`)
    .join('\n')

test('changes are shown with two lines around them, and nothing where nothing changes', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].join('\n')
  expect(shown(before, before.replace('d', 'D'))).toBe([' b', ' c', '-d', '+D', ' e', ' f'].join('\n'))
  expect(shown('', 'a\nb\n')).toBe('+a\n+b')
  expect(shown('a\n', '')).toBe('-a')
  expect(shown('x\nx\n', 'x\n')).toBe(' x\n-x')
  expect(shown(before, before)).toBe('')
})

test('secrets of a file are masked, and names of variables are not', () => {
  for (const line of [
    '    "ANTHROPIC_AUTH_TOKEN": "s3cret",',
    'openai-api-key: s3cret',
    'api_key = "s3cret" # mine',
    'apiKey: "s3cret"',
  ]) {
    expect(maskSecrets(line)).toContain('…')
    expect(maskSecrets(line)).not.toContain('s3cret')
  }
  for (const line of [
    '"apiKey": "{env:QUOTA_GATEWAY_TOKEN}"',
    'openai-api-key: unused',
    'env_key = "QUOTA_GATEWAY_TOKEN"',
    `apiKey: \${{ secrets.QUOTA_GATEWAY_TOKEN }}`,
    '"max_tokens": 128000',
  ])
    expect(maskSecrets(line)).toBe(line)
})
