import { expect, test } from 'vitest'
import { presetsPage } from './presets-page.mjs'

const preset = {
  ...{ name: 'acme/free', vendor: 'acme', timeZone: 'UTC', note: 'Of *one* account.', limits: [] },
  sources: [{ url: 'https://acme.example/limits', lookedUpOn: '2026-11-25' }],
}
const input = {
  linesOf: () => [{ models: 'llama-*, each model', limits: '5 requests a day' }],
  titleOf: () => 'Acme',
}

test('a preset is shown with its figures, their source and the day on which it was read', () => {
  const { page, faults } = presetsPage({ ...input, presets: [preset] })
  expect(page).toContain('## Acme: acme/free')
  expect(page).toContain('| llama-\\*, each model | 5 requests a day |')
  expect(page).toContain('- <https://acme.example/limits>, read on 2026-11-25')
  expect(faults).toEqual([])
})

test('a preset without source or note is a fault', () => {
  const bare = { ...preset, note: '', sources: [] }
  expect(presetsPage({ ...input, presets: [bare] }).faults).toEqual([
    'acme/free has no source',
    'acme/free has no note',
  ])
})
