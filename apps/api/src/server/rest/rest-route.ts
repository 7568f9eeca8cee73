import type { z } from 'zod'

/** A procedure as plain HTTP. */
export interface RestRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/api/v1`; `{name}` is the field `name` of the input. */
  readonly path: string
  /** Path of the tRPC procedure. */
  readonly procedure: string
  readonly type: 'query' | 'mutation'
  /** What the procedure parses: it reads the same once more. Null where it takes nothing. */
  readonly input: z.ZodType | null
  readonly summary: string
  /** Whether its answer may be a denial. */
  readonly mayDeny?: true
  /** What its answer may be, other than a JSON object. */
  readonly mediaTypes?: readonly string[]
}
