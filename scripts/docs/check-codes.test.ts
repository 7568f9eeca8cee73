import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { checkCodes } from './check-codes.mjs'
import { checkTests } from './check-tests.mjs'

const roots: string[] = []

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

function repository(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'check-codes-'))
  roots.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

describe('checkCodes', () => {
  it('names a code without an entry, and an entry without a code', () => {
    const root = repository({
      'docs/troubleshooting.md':
        '## Errors of the gateway\n\n| `no_key` | x |\n| `gone` | x |\n\n## Reasons against a key\n\n| `exhausted` | x |\n\n## Causes of a refusal by a vendor\n\n| `billing` | x |\n\n## Errors of the API\n\n| `IN_USE` | x |\n',
      'apps/orchestrator/src/endpoints/gateway-code.ts':
        "export const gatewayCodes = [\n  'no_key',\n  'new_one',\n] as const\n",
      'packages/quota-core/src/domain/outcome.ts': "export type ReasonCode =\n  | 'exhausted'\n\n",
      'packages/quota-core/src/domain/cool-down.ts': "export type CoolDownKind = 'billing'\n\n",
      'packages/quota-core/src/domain/quota-error.ts': "export type QuotaErrorCode =\n  | 'IN_USE'\n\n",
    })
    expect(checkCodes(root)).toEqual([
      'docs/troubleshooting.md: "Errors of the gateway" lacks new_one',
      'docs/troubleshooting.md: "Errors of the gateway" has gone, which is not in apps/orchestrator/src/endpoints/gateway-code.ts',
    ])
  })
})

describe('checkTests', () => {
  it('names a rule without a test, and a test that does not exist', () => {
    const root = repository({
      'docs/counting.md':
        '| rule | test |\n|---|---|\n| a | [it counts](../a.test.ts) |\n| b | [it is gone](../a.test.ts) |\n| c | |\n',
      'a.test.ts': "it('it counts', () => {})",
    })
    expect(checkTests(root)).toEqual([
      'docs/counting.md:4: "it is gone" is not in a.test.ts',
      'docs/counting.md:5: the rule has no test',
    ])
  })
})
