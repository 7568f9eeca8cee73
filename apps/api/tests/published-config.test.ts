import { readdirSync, readFileSync } from 'node:fs'
import { vendorFacts } from '@quotakeeper/vendors'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configJsonSchema } from '../src/config/config-json-schema.js'
import { configSchema } from '../src/config/config-schema.js'
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

  it('has an example that refuses no call for want of a price', () => {
    const example = new URL('../../../examples/quotakeeper.config.yaml', import.meta.url)
    const { providers = [], prices = {} } = readConfigFile(example.pathname)
    const unpriced = providers.filter(
      ({ vendor, limits = [] }) =>
        vendorFacts(vendor)?.priceTable === null && limits.some(({ metric }) => metric === 'cost'),
    )
    expect(Object.keys(prices).length > 0 ? [] : unpriced.map(({ name }) => name)).toEqual([])
  })

  it('has a valid example of every setting', () => {
    const example = new URL('../../../examples/every-setting.yaml', import.meta.url)
    expect(readConfigFile(example.pathname).providers).toHaveLength(4)
  })

  it('is accepted as it is written in the documents', () => {
    const samples = configurationsIn(['README.md', 'apps/api/README.md', ...documents()])
    expect(samples.map(({ file }) => file)).toContain('docs/configuration.md')
    for (const { file, source } of samples)
      expect(() => configSchema.parse(parse(source)), `${file}:\n${source}`).not.toThrow()
  })
})

const root = new URL('../../../', import.meta.url)

function documents(): readonly string[] {
  return readdirSync(new URL('docs/', root))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`)
}

/** The YAML of documents that holds settings alone; the blocks of the reference are one file. */
function configurationsIn(files: readonly string[]) {
  const settings = Object.keys(configSchema.shape)
  return files.flatMap(file => {
    const text = readFileSync(new URL(file, root), 'utf8')
    const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)]
      .map(([, source = '']) => source)
      .filter(source => Object.keys(parse(source)).every(name => settings.includes(name)))
    const isOneFile = file === 'docs/configuration.md'
    return (isOneFile ? [blocks.join('\n')] : blocks).map(source => ({ file, source }))
  })
}
