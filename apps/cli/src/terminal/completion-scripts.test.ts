import { execFileSync, spawnSync } from 'node:child_process'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts.js'

function program(): Command {
  const root = new Command('quotakeeper').option('--json', 'answer with JSON')
  const providers = root.command('providers').description('keys, and their limits')
  providers.command('list').description("the vendor's keys").option('--status <status>', 'only these')
  providers.command('show').argument('<name>')
  root.command('status').option('--watch', 'again and again')
  return root
}

/** What bash offers for the last of the words. */
function offered(...words: readonly string[]): readonly string[] {
  const line = ['quotakeeper', ...words]
  const script = `${bashCompletion(program())}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quotakeeper; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script, 'bash', ...line], { encoding: 'utf8' })
    .split('\n')
    .filter(word => word !== '')
}

describe('completion', () => {
  it('offers the commands and options of the place in the line', () => {
    expect(offered('')).toEqual(['providers', 'status', '--json', '--help'])
    expect(offered('pro')).toEqual(['providers'])
    expect(offered('providers', '')).toEqual(['list', 'show', '--json', '--help'])
    expect(offered('--json', 'providers', 'list', '--')).toEqual(['--status', '--json', '--help'])
  })

  it('keeps offering the options of a command after its arguments', () => {
    expect(offered('providers', 'show', 'groq_1', '--')).toEqual(['--json', '--help'])
    expect(offered('status', '--w')).toEqual(['--watch'])
  })

  it.each(['zsh', 'fish'] as const)('is a valid script for %s, where it is installed', shell => {
    const script = shell === 'zsh' ? zshCompletion(program()) : fishCompletion(program())
    expect(script).toContain('providers list')
    const { error, status, stderr } = spawnSync(shell, ['-n', '-c', script], { encoding: 'utf8' })
    if (error === undefined) expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('quotes descriptions for fish', () => {
    expect(fishCompletion(program())).toContain("-a list -d 'the vendor\\'s keys'")
  })
})
