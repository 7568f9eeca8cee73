import { readFileSync } from 'node:fs'
import { vendorFacts, vendorNames } from '@quotakeeper/vendors'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

const textOf = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8')

interface Service {
  readonly image?: string
  readonly build?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly mem_limit?: string
  readonly pids_limit?: number
  readonly environment?: Readonly<Record<string, string>>
}

it('containers have no unneeded privileges, and bounded memory', () => {
  const { services }: { readonly services: Readonly<Record<string, Service>> } = parse(
    textOf('compose.yaml'),
    {
      merge: true,
    },
  )
  expect(Object.keys(services).sort()).toEqual(['api', 'gateway', 'postgres'])
  for (const [name, service] of Object.entries(services)) {
    expect(service, name).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      pids_limit: expect.any(Number),
    })
    // The base of the image built here is pinned below.
    if (service.build === undefined)
      expect(service.image, name).toMatch(/^\S+:[\d.]+\S*@sha256:[0-9a-f]{64}$/)
  }
})

it('the gateway, and no other container, gets the key of every vendor', () => {
  const { services }: { readonly services: Readonly<Record<string, Service>> } = parse(
    textOf('compose.yaml'),
    {
      merge: true,
    },
  )
  const keyOf = (vendor: string): string | undefined => vendorFacts(vendor)?.apiKeyEnv[0]
  const keys = vendorNames.flatMap(vendor => keyOf(vendor) ?? [])
  expect(keys).toContain('GROQ_API_KEY')
  for (const [name, { environment = {} }] of Object.entries(services))
    expect([name, keys.filter(key => key in environment)]).toEqual([name, name === 'gateway' ? keys : []])
})

it('the image is based on a supported Node.js, pinned by digest, and runs as an unprivileged user', () => {
  const lines = textOf('Dockerfile').split('\n')
  const bases = lines.filter(line => line.startsWith('FROM '))
  expect(bases).toHaveLength(2)
  for (const base of bases) expect(base).toMatch(/^FROM \$\{NODE_IMAGE\}/)
  const image = lines.find(line => line.startsWith('ARG NODE_IMAGE='))
  const [, major] =
    /^ARG NODE_IMAGE=node:(\d+)\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/.exec(image ?? '') ?? []
  expect(Number(major)).toBeGreaterThanOrEqual(22)
  expect(lines.filter(line => line.startsWith('USER ')).at(-1)).toBe('USER 1000:1000')
})
