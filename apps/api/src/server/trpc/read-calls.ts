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
 * The calls of a usual request: known procedures with the method of their type, single or batched, with JSON. Null for
 * anything else, which tRPC's adapter handles.
 */
export function readCalls(request: FastifyRequest, path: string, maxCalls: number): ProcedureCalls | null {
  const { method, headers, body } = request
  // Fastify parses queries to texts, and repeated fields to arrays.
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
      // Checked above to be an object.
      input: (inputs as Readonly<Record<string, unknown>>)[String(index)],
    }),
  )
  return { isBatch: true, calls }
}

/** The calls named in a request's URL, before its body has arrived; enough to refuse them. */
export function callsWithoutInput(request: FastifyRequest, path: string): ProcedureCalls {
  const { batch } = request.query as Readonly<Record<string, unknown>>
  const calls = (batch === '1' ? path.split(',') : [path]).map(
    (each): ProcedureCall => ({ path: each, type: typesByPath.get(each) ?? 'mutation', input: undefined }),
  )
  return { isBatch: batch === '1', calls }
}

/** Null for invalid JSON. */
function parsed(text: unknown): { readonly value: unknown } | null {
  if (typeof text !== 'string') return null
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}
