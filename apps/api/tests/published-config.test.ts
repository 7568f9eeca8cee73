import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configJsonSchema } from '../src/config/config-json-schema.js'
import { readConfigFile } from '../src/config/read-config-file.js'

describe('the configuration file', () => {
  it('has an up-to-date published JSON Schema', () => {
    const published = readFileSync(new URL('../quotakeeper.config.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(published), 'run "pnpm --filter @quotakeeper/api run schema"').toEqual(
      configJsonSchema(),
    )
  })

  it('has a valid example', () => {
    const example = new URL('../../../examples/quotakeeper.config.yaml', import.meta.url)
    expect(readConfigFile(example.pathname).providers).toHaveLength(4)
  })
})
