import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gatewaySecret } from './sealing-key.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quotakeeper-secret-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('an embedded database gets one secret, which only its owner can read, and keeps it', () => {
  const { QUOTA_SEALING_KEY_FILE: path = '' } = gatewaySecret({ environment: {}, root })
  expect(path).toBe(join(root, '.quotakeeper', 'data', 'sealing.key'))
  const secret = readFileSync(path, 'utf8')
  expect(secret).toMatch(/^[0-9a-f]{64}\n$/)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  gatewaySecret({ environment: {}, root })
  expect(readFileSync(path, 'utf8')).toBe(secret)
})

test('a server’s database gets none, nor one whose secret is elsewhere', () => {
  const server = { QUOTA_DATABASE_URL: 'postgres://127.0.0.1/x' }
  expect(gatewaySecret({ environment: server, root })).toEqual({})
  writeFileSync(join(root, '.env'), 'QUOTA_SEALING_KEY_FILE=/run/secrets/sealing\n')
  expect(gatewaySecret({ environment: {}, root })).toEqual({})
})
