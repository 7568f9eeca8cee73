import { expect, test } from 'vitest'
import { createProgram } from '../program.js'
import { inUsedCommand, usedCommand } from './used-command.js'

const file = '/opt/quotakeeper/apps/cli/dist/main.js'
const pnpm = { npm_lifecycle_event: 'qk', npm_config_user_agent: 'pnpm/12.4.2 npm/? node/? linux x64' }

test.each([
  [{}, file, 'quotakeeper'],
  [{}, '/usr/local/bin/qk', 'qk'],
  [{ npm_lifecycle_event: 'test' }, file, 'quotakeeper'],
  [{ ...pnpm, npm_execpath: '/usr/lib/node_modules/pnpm/bin/pnpm.cjs' }, file, 'pnpm qk'],
  [{ ...pnpm, npm_execpath: '/root/.npm/_npx/f64b/node_modules/pnpm/pnpm' }, file, 'npx -y pnpm@12.4.2 qk'],
])('with %j the script %s was started by "%3$s"', (environment, script, command) => {
  expect(usedCommand({ environment, file: script })).toBe(command)
})

test('proposals and usage are printed as they can be typed, names and addresses unchanged', () => {
  const text =
    'Usage: quotakeeper [options]\nrun "quotakeeper doctor --fix", or quotakeeper status; see quotakeeper.config.yaml, /opt/quotakeeper status, a quotakeeper server'
  expect(inUsedCommand(text, 'pnpm qk')).toBe(
    'Usage: pnpm qk [options]\nrun "pnpm qk doctor --fix", or pnpm qk status; see quotakeeper.config.yaml, /opt/quotakeeper status, a quotakeeper server',
  )
  expect(inUsedCommand(text, 'quotakeeper')).toBe(text)
})

test('proposals of every command are recognised', () => {
  const program = createProgram({ environment: {}, signal: new AbortController().signal }, '1.0.0')
  for (const command of program.commands)
    expect(inUsedCommand(`quotakeeper ${command.name()}`, 'qk')).toBe(`qk ${command.name()}`)
})
