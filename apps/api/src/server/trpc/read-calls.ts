import type { FastifyRequest } from 'fastify'
import { restRoutes } from '../rest/rest-routes.js'

/** A call of one procedure. */
export interface ProcedureCall {
  readonly path: string
  readonly type: 'query' | 'mutation'
  readonly input: unknown
}

/** The calls of a request. */
export interface ProcedureCalls {
  readonly isBatch: boolean
  readonly calls: readonly ProcedureCall[]
}

const typesByPath = new Map(restRoutes.map(({ procedure, type }) => [procedure, type]))

/**
 * The calls of a request that is as plain as nearly all are: known procedures, by the method of their type,
 * one or a batch, with JSON. Null for anything else: tRPC's own adapter answers it, or says what is wrong.
 */
export function readCalls(request: FastifyRequest, path: string, maxCalls: number): ProcedureCalls | null {
  const { method, headers, body } = request
  // Fastify's parser of addresses makes an object of texts, and lists of those that come twice.
  const query = request.query as Readonly<Record<string, unknown>>
  if (headers['trpc-accept'] !== undefined || query['connectionParams'] !== undefined) return null
  const type = method === 'GET' ? 'query' : 'mutation'
  const paths = query['batch'] === '1' ? path.split(',') : [path]
  if (paths.length > maxCalls || paths.some(each => typesByPath.get(each) !== type)) return null
  const text = type === 'query' ? query['input'] : body
  const given = text === undefined && type === 'query' ? { value: undefined } : parsed(text)
  if (given === null) return null
  if (query['batch'] !== '1') return { isBatch: false, calls: [{ path, type, input: given.value }] }
  const inputs = given.value ?? {}
  if (typeof inputs !== 'object' || Array.isArray(inputs)) return null
  const calls = paths.map(
    (each, index): ProcedureCall => ({
      path: each,
      type,
      // Checked just above: an object.
      input: (inputs as Readonly<Record<string, unknown>>)[String(index)],
    }),
  )
  return { isBatch: true, calls }
}

/** The calls that a request's address names, before its body has come: enough to say that they are refused. */
export function callsWithoutInput(request: FastifyRequest, path: string): ProcedureCalls {
  const { batch } = request.query as Readonly<Record<string, unknown>>
  const calls = (batch === '1' ? path.split(',') : [path]).map(
    (each): ProcedureCall => ({ path: each, type: typesByPath.get(each) ?? 'mutation', input: undefined }),
  )
  return { isBatch: batch === '1', calls }
}

/** Null for what is no JSON text. */
function parsed(text: unknown): { readonly value: unknown } | null {
  if (typeof text !== 'string') return null
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}
