import type { RequestTrace } from '../../api/quota-api.js'

/** The reported part of a trace. */
export type RoutingTrace = Pick<RequestTrace, 'attempts' | 'skipped' | 'waitedMs'>
