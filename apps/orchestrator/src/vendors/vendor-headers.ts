import type { EndpointName } from '@quotakeeper/vendors'
import type { ReadyProvider } from '../routing/routing-table.js'

/**
 * What a call carries beside its body. Nothing of the client's headers, which may hold its own tokens.
 *
 * @param endpoint that it goes to; left out for all that is none
 */
export function vendorHeaders(
  { key, facts }: ReadyProvider,
  endpoint?: EndpointName,
): Record<string, string> {
  const own = endpoint === undefined ? undefined : facts.endpointKeyHeaders?.[endpoint]
  const { name, prefix } = own ?? facts.keyHeader
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    // Its usage is to be read, and it goes on to the client as it came.
    'accept-encoding': 'identity',
    'user-agent': 'quotakeeper',
  }
  if (key !== null) headers[name] = `${prefix}${key}`
  return headers
}
