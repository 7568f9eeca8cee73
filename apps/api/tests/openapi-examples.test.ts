import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApiDatabase, freePort } from '@quotakeeper/test-kit'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { exportRoute } from '../src/server/export/export-route.js'
import { exampleCalls } from '../src/server/rest/example-calls.js'
import { exampleRequest } from '../src/server/rest/example-request.js'
import { openApiDocument } from '../src/server/rest/openapi.js'
import { restRoutes } from '../src/server/rest/rest-routes.js'
import { type BuiltApi, makeFolder, startApiInstance } from './api-process.js'

// By its address, without types: the script that writes the examples uses it too.
const gatewayModule = new URL('../scripts/example-gateway.mjs', import.meta.url).href
const { startExampleGateway }: { startExampleGateway(port: number): Promise<Server> } = await import(
  gatewayModule
)

interface Content {
  readonly schema: Readonly<Record<string, unknown>>
  readonly example?: unknown
}

interface Operation {
  readonly operationId: string
  readonly parameters?: readonly {
    readonly name: string
    readonly required: boolean
    readonly example?: unknown
  }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> }
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Content>> }>>
}

// Our own document, whose structure these tests check.
const document = openApiDocument('1.0.0', '/api/v1') as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> }
}
const routes = [...restRoutes, exportRoute]
const operations = Object.values(document.paths).flatMap(item => Object.values(item))
const contentOf = ({ responses }: Operation) => Object.entries(responses['200']?.content ?? {})

/** The schema without room for fields that it does not name. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (typeof node !== 'object' || node === null) return node
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, closed(value)]))
  if (typeof copy['$ref'] === 'string')
    copy['$ref'] = copy['$ref'].replace('#/components/schemas/', '#/$defs/')
  return copy['type'] === 'object' && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy
}

const definitions = closed(document.components.schemas)

function parserOf(schema: Content['schema']): z.ZodType {
  // A JSON Schema once closed, whose keywords zod checks.
  return z.fromJSONSchema({ ...(closed(schema) as object), $defs: definitions } as Parameters<
    typeof z.fromJSONSchema
  >[0])
}

const operationOf = (procedure: string): Operation => {
  const found = operations.find(({ operationId }) => operationId === procedure)
  if (found === undefined) throw new Error(`there is no operation ${procedure}`)
  return found
}

test('every operation has one example call', () => {
  expect(exampleCalls.map(({ procedure }) => procedure).toSorted()).toEqual(
    operations.map(({ operationId }) => operationId).toSorted(),
  )
})

test.each(operations.map(operation => [operation.operationId, operation] as const))(
  '%s has a typed answer, and examples that its schemas accept',
  (procedure, operation) => {
    const route = routes.find(other => other.procedure === procedure)
    const input = exampleCalls.find(call => call.procedure === procedure)?.input
    if (route?.input) expect(route.input.safeParse(input).error).toBeUndefined()
    for (const { name, required, example } of operation.parameters ?? [])
      if (required) expect([name, example]).toEqual([name, input?.[name]])
    const [body] = Object.values(operation.requestBody?.content ?? {})
    if (body !== undefined) expect(input).toMatchObject(body.example as object)
    const [[mediaType, content] = []] = contentOf(operation)
    expect(content?.example).toBeDefined()
    if (mediaType === 'application/json') {
      const { schema } = content ?? { schema: {} }
      expect(['$ref', 'anyOf', 'properties', 'items'].some(keyword => keyword in schema)).toBe(true)
      expect(parserOf(schema).safeParse(content?.example).error).toBeUndefined()
      expect(parserOf(schema).safeParse({ unexpected: true }).success).toBe(false)
    } else expect(content).toMatchObject({ schema: { type: 'string' }, example: expect.any(String) })
  },
)

test('a server answers the example calls as their schemas say', async () => {
  await using folder = await makeFolder()
  const database = await createApiDatabase()
  await writeFile(join(folder.path, 'quotakeeper.config.yaml'), 'providers: []\n')
  const port = await freePort()
  const gateway = await startExampleGateway(port)
  await using api = await startApiInstance(folder, {
    QUOTA_DATABASE_URL: database.url,
    QUOTA_GATEWAY_PORT: String(port),
  })
  for (const { procedure, input } of exampleCalls) await expectTypedAnswer(api, procedure, input)
  await api[Symbol.asyncDispose]()
  gateway.close()
  await database.drop()
})

async function expectTypedAnswer(
  { origin }: BuiltApi,
  procedure: string,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  const route = routes.find(other => other.procedure === procedure)
  if (route === undefined) throw new Error(`${procedure} has no route`)
  const { method, path, body } = exampleRequest(route, input)
  const response = await fetch(`${origin}/api/v1${path}`, {
    method,
    ...(body === null ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  expect([procedure, response.status]).toEqual([procedure, 200])
  const [[mediaType, content] = []] = contentOf(operationOf(procedure))
  if (mediaType !== 'application/json') return
  const { error } = parserOf(content?.schema ?? {}).safeParse(await response.json())
  expect([procedure, error?.issues]).toEqual([procedure, undefined])
}

test('the schemas of answers are those of the types', async () => {
  const script = fileURLToPath(new URL('../scripts/write-answer-schemas.mjs', import.meta.url))
  const output = await new Promise(resolve => {
    execFile(process.execPath, [script, '--check'], (error, stdout, stderr) =>
      resolve(error === null ? '' : `${stdout}${stderr}`),
    )
  })
  expect(output).toBe('')
})
