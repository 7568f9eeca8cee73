import type { RestRoute } from './rest-routes.js'

/** An input as a request of a REST route. */
export interface ExampleRequest {
  readonly method: RestRoute['method']
  /** Below `/api/v1`, with the query. */
  readonly path: string
  /** Null without one. */
  readonly body: Readonly<Record<string, unknown>> | null
}

/** Whether a route takes its input from the body, except what is in the path. */
export function hasBody({ method }: Pick<RestRoute, 'method'>): boolean {
  return method === 'POST' || method === 'PUT'
}

/** The names of the fields in the path of a route. */
export function namesInPath({ path }: Pick<RestRoute, 'path'>): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '')
}

/** The request of a route with this input. */
export function exampleRequest(route: RestRoute, input: Readonly<Record<string, unknown>>): ExampleRequest {
  const inPath = namesInPath(route)
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(input[name])),
  )
  const others = Object.entries(input).filter(([name]) => !inPath.includes(name))
  if (hasBody(route)) return { method: route.method, path, body: Object.fromEntries(others) }
  const query = new URLSearchParams(others.flatMap(([name, value]) => pairsOf(name, value))).toString()
  return { method: route.method, path: query === '' ? path : `${path}?${query}`, body: null }
}

function pairsOf(name: string, value: unknown): [string, string][] {
  if (Array.isArray(value)) return value.map(item => [name, String(item)])
  if (typeof value !== 'object' || value === null) return [[name, String(value)]]
  return Object.entries(value).map(([field, inner]) => [`${name}[${field}]`, String(inner)])
}
