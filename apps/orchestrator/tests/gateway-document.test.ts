import { expect, test } from 'vitest'
import { z } from 'zod'
import { servedEndpoints } from '../src/endpoints/served-endpoints.js'
import { endpointOperations } from '../src/gateway/reference/endpoint-operations.js'
import type { DescribedBody, GatewayOperation, Schema } from '../src/gateway/reference/gateway-operation.js'
import { ownOperations } from '../src/gateway/reference/own-operations.js'
import { storedPaths } from '../src/gateway/stored-answers.js'
import { startTestGateway } from './fixture.js'
import { sharedTestApi } from './test-api.js'

const operations = [...endpointOperations, ...ownOperations]
const named = operations.map(operation => [operation.operationId, operation] as const)
const templateOf = (path: string): string => path.replaceAll(/:(\w+)/g, '{$1}')

function expectValid(schema: Schema, example: unknown): void {
  expect(example).toBeDefined()
  expect(Object.keys(schema)).not.toEqual([])
  // A JSON Schema, whose keywords zod checks.
  const parser = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
  expect(parser.safeParse(example).error).toBeUndefined()
}

test('every endpoint, and what is served of stored answers, is described once', () => {
  const ofGemini = ['generateContent', 'streamGenerateContent', 'countTokens']
  const expected = servedEndpoints.flatMap(({ path }) =>
    path === '/v1beta/models/*' ? ofGemini.map(method => `/v1beta/models/{model}:${method}`) : [path],
  )
  expect(endpointOperations.map(({ path }) => path).toSorted()).toEqual(expected.toSorted())
  const described = new Set(ownOperations.map(({ path }) => path))
  for (const path of storedPaths) expect(described).toContain(templateOf(path))
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
})

test.each(named)('%s has typed bodies, and examples that their schemas accept', (_id, operation) => {
  const { path, parameters = [], body, answer } = operation
  expectValid(answer.schema, answer.example)
  if (body !== undefined) expectValid(body.schema, body.example)
  for (const { schema, example } of parameters) expectValid(schema, example)
  const inPath = parameters.filter(parameter => parameter.in === 'path').map(({ name }) => name)
  expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1]))
})

const jsonBodies = endpointOperations.flatMap(({ path, body }) =>
  body?.mediaType === 'application/json' ? [[path, body] as const] : [],
)

test.each(jsonBodies)('%s reads the example of its request', (path: string, { example }: DescribedBody) => {
  const endpoint = servedEndpoints.find(
    other => other.path === path || (other.path.endsWith('*') && path.startsWith(other.path.slice(0, -1))),
  )
  const read = endpoint?.readRequest({
    body: JSON.stringify(example),
    headers: {},
    query: new URLSearchParams(),
    parameters: { '*': path.split('/models/')[1]?.replace('{model}', 'gemini-2.5-flash') ?? '' },
    ...{ id: '0197a1c0-0000-7000-8000-000000000001', cameAtMs: 0 },
  })
  expect(read).toMatchObject({ ok: true })
})

const pathOf = ({ path, parameters = [] }: GatewayOperation): string =>
  parameters.reduce((filled, { name, example }) => filled.replace(`{${name}}`, String(example)), path)

test('a gateway serves what its document describes, and the document to those without a token', async () => {
  const api = await sharedTestApi()
  await using gateway = await startTestGateway(api, { QUOTA_GATEWAY_TOKEN: 'for-calls' })
  const document: unknown = await (await fetch(`${gateway.origin}/openapi.json`)).json()
  expect(document).toMatchObject({
    openapi: '3.1.1',
    paths: Object.fromEntries(operations.map(({ path }) => [path, {}])),
  })
  const headers = { authorization: 'Bearer for-calls', 'content-type': 'application/json' }
  for (const operation of operations) {
    const method = operation.method.toUpperCase()
    const response = await fetch(`${gateway.origin}${pathOf(operation)}`, {
      ...{ method, headers },
      ...(method === 'POST' ? { body: JSON.stringify(operation.body?.example ?? {}) } : {}),
    })
    const answer = await response.text()
    expect([operation.path, answer]).not.toEqual([operation.path, expect.stringContaining('unknown_url')])
  }
  expect((await fetch(`${gateway.origin}/v1/models`)).status).toBe(401)
})
