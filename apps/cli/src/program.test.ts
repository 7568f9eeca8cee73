import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { createProgram } from './program.js'

interface Help {
  /** As typed: `quotakeeper usage today`. */
  readonly path: string
  readonly isGroup: boolean
  readonly text: string
}

function helpsOf(command: Command, above = ''): readonly Help[] {
  const path = `${above} ${command.name()}`.trim()
  let text = ''
  command.configureOutput({
    writeOut: part => {
      text += part
    },
  })
  command.outputHelp()
  const isGroup = command.commands.length > 0
  return [{ path, isGroup, text }, ...command.commands.flatMap(inner => helpsOf(inner, path))]
}

const helps = helpsOf(createProgram({ environment: {}, signal: new AbortController().signal }, '1.0.0'))

test('every command and every group has examples of itself', () => {
  expect(helps.length).toBeGreaterThan(50)
  for (const { path, text } of helps) {
    const [, examples] = text.split(/^Examples?:$/m)
    expect([path, examples]).toEqual([path, expect.stringMatching(new RegExp(`^ {2}.*${path}`, 'm'))])
  }
})

test('the README mentions every command', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
  for (const { path, isGroup } of helps)
    if (!isGroup) expect(readme).toContain(`\`${path.replace('quotakeeper ', '')}`)
})
