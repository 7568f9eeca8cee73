import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LiveEnvironment } from './live-environment.js'

test('a change whose use fails is tried again, and a removed file leaves its variables in use', async () => {
  const before = process.cwd()
  const directory = mkdtempSync(join(tmpdir(), 'quotakeeper-env-'))
  process.chdir(directory)
  const environment = LiveEnvironment.open()
  const logged: string[] = []
  const add = (_details: object, text: string) => void logged.push(text)
  let isFailing = true
  const following = environment.follow({
    isApplied: () => true,
    onChange: () => {
      if (isFailing) throw new Error('the store does not answer')
    },
    log: { info: add, warn: add, error: add },
  })
  try {
    writeFileSync('.env', 'PLANTED_BY_A_TEST=1\n')
    await expect.poll(() => logged).toContain('applying the changed file failed; trying again')
    expect(environment.current()['PLANTED_BY_A_TEST']).toBeUndefined()
    isFailing = false
    await expect.poll(() => logged).toContain('changed variables are applied')
    rmSync('.env')
    await expect
      .poll(() => logged)
      .toContain('the file is gone: its variables stay in use until the next start')
    expect(environment.current()['PLANTED_BY_A_TEST']).toBe('1')
  } finally {
    await following.stop()
    process.chdir(before)
    rmSync(directory, { recursive: true, force: true })
  }
})
