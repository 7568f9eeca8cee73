import type { RestRoute } from '../rest/rest-routes.js'
import { exportSchema } from './export-input.js'

/** The export in the OpenAPI document. Not a tRPC procedure, since it streams files instead of JSON. */
export const exportRoute: RestRoute = {
  method: 'GET',
  path: '/usage/export',
  procedure: 'usage.export',
  type: 'query',
  input: exportSchema,
  summary: 'Exports history, summaries or the ledger as CSV or JSON Lines, of any length',
  mediaTypes: ['text/csv', 'application/jsonl'],
}
