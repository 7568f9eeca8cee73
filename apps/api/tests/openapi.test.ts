import { describe, expect, it } from 'vitest'
import { startTestApi } from './test-api.js'

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> }
  readonly responses: Readonly<Record<string, object>>
}

interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

async function readDocument(): Promise<Document> {
  await using api = await startTestApi()
  const response = await api.send('/openapi.json')
  expect(response.status).toBe(200)
  // Our own document, whose structure these tests check.
  return (await response.json()) as Document
}

/** Every value under a key, at any depth. */
function* valuesOf(node: unknown, key: string): Iterable<unknown> {
  if (typeof node !== 'object' || node === null) return
  for (const [name, value] of Object.entries(node)) {
    if (name === key) yield value
    yield* valuesOf(value, key)
  }
}

function lookUp(document: unknown, reference: string): unknown {
  return reference
    .slice(2)
    .split('/')
    .reduce<unknown>((node, part) => {
      if (typeof node !== 'object' || node === null) return undefined
      return new Map(Object.entries(node)).get(part)
    }, document)
}

describe('the OpenAPI document', () => {
  it('declares 3.1, and has no dangling references', async () => {
    const document = await readDocument()
    expect(document.openapi).toMatch(/^3\.1\./)
    const references = [...valuesOf(document, '$ref')]
    expect(references.length).toBeGreaterThan(0)
    for (const reference of references) expect(lookUp(document, String(reference))).toBeDefined()
  })

  it('names each operation once, and declares each parameter of its path as required', async () => {
    const { paths } = await readDocument()
    const operations = Object.entries(paths).flatMap(([path, item]) =>
      Object.values(item).map(operation => ({ path, operation })),
    )
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])
      const declared = (operation.parameters ?? []).filter(parameter => parameter.in === 'path')
      expect(declared.map(parameter => parameter.name)).toEqual(inPath)
      expect(declared.every(parameter => parameter.required)).toBe(true)
      expect(operation.responses).toHaveProperty('200')
    }
  })

  it('describes inputs by the procedures’ schemas', async () => {
    const { paths } = await readDocument()
    const body = paths['/usage/record']?.['post']?.requestBody?.content['application/json']?.schema
    expect(body).toMatchObject({
      type: 'object',
      required: ['providerName'],
      additionalProperties: false,
      properties: { characterCount: { type: 'integer', minimum: 0, default: 0 } },
    })
    const put = paths['/providers/{name}']?.['put']?.requestBody?.content['application/json']?.schema
    expect(put).not.toHaveProperty('properties.name')
    expect(paths['/quota/reserve']?.['post']?.responses).toHaveProperty('429.headers.Retry-After')
    expect([...valuesOf(paths, 'readOnly')]).toEqual([])
  })
})
