import type { GatewayError } from '../endpoints/gateway-error.js'
import type { RouteDeps } from './route-deps.js'
import type { ReadyProvider } from './routing-table.js'

/** Who holds a stored answer, or why nobody can be asked. */
export type Holder =
  | { readonly ok: true; readonly provider: ReadyProvider }
  | { readonly ok: false; readonly error: GatewayError }

/**
 * The provider that holds a stored answer: the one that made it, where that is known; else the only one that could. Of
 * several none is asked: they would deny it in turn. A client with a token of a consumer gets only what tokens of that
 * consumer have made.
 */
export function holderOf(
  { makers, routing }: Pick<RouteDeps, 'makers' | 'routing'>,
  { id, tokenConsumer }: { readonly id: string; readonly tokenConsumer: string | null },
): Holder {
  const able = routing
    .current()
    .ready.filter(({ enabled, endpoints }) => enabled && endpoints.has('responses'))
  const maker = makers.nameOf(id, tokenConsumer)
  const isOfConsumer = tokenConsumer !== null
  if (maker === null && isOfConsumer) return { ok: false, error: notHeld(id, 'it is not known here') }
  const holders = maker === null ? able : able.filter(({ name }) => name === maker)
  const [holder] = holders
  if (holder !== undefined && holders.length === 1) return { ok: true, provider: holder }
  if (maker !== null) {
    const name = isOfConsumer ? '' : ` "${maker}"`
    return { ok: false, error: notHeld(id, `the key${name} that made it cannot be asked now`) }
  }
  return { ok: false, error: notHeld(id, whyUnknown(able.length)) }
}

function whyUnknown(ableCount: number): string {
  if (ableCount === 0) return 'no key whose vendor stores answers is set'
  return `this gateway has not seen it being made since its start, and ${ableCount} keys may hold it`
}

function notHeld(id: string, why: string): GatewayError {
  return {
    httpStatus: 404,
    type: 'invalid_request_error',
    code: 'state_not_held',
    message: `The stored answer ${JSON.stringify(id)} cannot be found: ${why}.`,
    param: 'response_id',
  }
}
