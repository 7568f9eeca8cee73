import { readFileSync } from 'node:fs'
import { vendorFacts, vendorNames } from '@quotakeeper/vendors'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      build: z.string().optional(),
      image: z.string(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()),
      ports: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
    }),
  ),
})

test('compose.yaml publishes only on loopback, and requires all secrets', () => {
  const { services } = composeSchema.parse(parse(read('compose.yaml')))
  expect(Object.keys(services)).toEqual(['postgres', 'api', 'gateway'])
  for (const port of Object.values(services).flatMap(({ ports }) => ports))
    expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
  const required = /^(?:[^$]*)\$\{(\w+):\?.+\}/
  const secrets = Object.values(services).flatMap(({ environment }) =>
    Object.entries(environment).filter(([name]) => /TOKEN$|PASSWORD$|DATABASE_URL$/.test(name)),
  )
  const ofVendors = new Set(vendorNames.flatMap(name => vendorFacts(name)?.apiKeyEnv ?? []))
  const names = secrets
    .filter(([name]) => !ofVendors.has(name))
    .map(([name, value]) => required.exec(value)?.[1] ?? `${name} is not required`)
  expect(new Set(names)).toEqual(
    new Set(['QUOTA_POSTGRES_PASSWORD', 'QUOTA_API_TOKEN', 'QUOTA_ADMIN_TOKEN', 'QUOTA_GATEWAY_TOKEN']),
  )
  // Required variables are in the example, empty.
  const example = read('examples/compose.env')
  for (const name of names) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'))
  expect(services['gateway']?.depends_on).toEqual({ api: { condition: 'service_healthy' } })
  expect(services['gateway']?.build).toBe(services['api']?.build)
})

test('compose.yaml sets no unused variable', () => {
  const { services } = composeSchema.parse(parse(read('compose.yaml')))
  const settings = read('README.md')
  const own = ['api', 'gateway'].flatMap(name => Object.keys(services[name]?.environment ?? {}))
  const ours = own.filter(name => name.startsWith('QUOTA_'))
  expect(ours.length).toBeGreaterThan(4)
  for (const name of ours) expect(settings).toContain(`\`${name}\``)
})

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Quotakeeper[A-Z]\w+$/),
          expr: z.string().min(1),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string(), description: z.string().optional() }),
        }),
      ),
    }),
  ),
})

test('docs/operations.md explains exactly the rules for Prometheus', () => {
  const { groups } = rulesSchema.parse(parse(read('docs/prometheus/alert-rules.yaml')))
  const names = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert))
  const reported = [...read('docs/operations.md').matchAll(/\bQuotakeeper[A-Z]\w+/g)].map(([name]) => name)
  expect([...new Set(reported)].toSorted()).toEqual(names.toSorted())
})

test('the Grafana dashboard uses the selected data source, and every panel has a query', () => {
  const { panels, templating } = z
    .object({
      templating: z.object({
        list: z.tuple([z.looseObject({ name: z.string(), type: z.literal('datasource') })]),
      }),
      panels: z.array(
        z.looseObject({
          type: z.string(),
          title: z.string(),
          datasource: z.looseObject({ uid: z.string() }).optional(),
          targets: z.array(z.looseObject({ expr: z.string().min(1) })).default([]),
        }),
      ),
    })
    .parse(JSON.parse(read('docs/grafana/quotakeeper.json')))
  const pictures = panels.filter(({ type }) => type !== 'row')
  expect(pictures.length).toBeGreaterThan(10)
  expect(pictures.filter(({ targets }) => targets.length === 0)).toEqual([])
  const chosen = `\${${templating.list[0].name}}`
  expect(new Set(pictures.map(({ datasource }) => datasource?.uid))).toEqual(new Set([chosen]))
})
