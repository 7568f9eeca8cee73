import type { RequestTrace } from '../../api/quota-api.js'

/** How a request was routed, as it is reported. */
export type RoutingTrace = Pick<RequestTrace, 'attempts' | 'skipped' | 'waitedMs'>
