import { type EndpointName, endpointNames } from './endpoint-names.js'
import { knownVendor } from './known-vendors.js'

/** Tried at every vendor; one without the endpoint answers 404. */
const usual: readonly EndpointName[] = ['chat/completions', 'embeddings']

/**
 * The endpoints of a vendor, with their paths relative to its base URL.
 *
 * @param vendor an unknown one counts as `custom`, which has all
 * @param named endpoints in the provider's settings, which replace the vendor's list; undefined without them. Unknown
 * names are ignored
 */
export function vendorEndpoints(
  vendor: string,
  named?: readonly string[],
): ReadonlyMap<EndpointName, string> {
  const { endpoints, endpointPaths = {} } = knownVendor(vendor).facts
  const known = endpoints === 'all' ? endpointNames : [...usual, ...endpoints]
  const own = named && endpointNames.filter(name => named.includes(name))
  return new Map((own ?? known).map(name => [name, endpointPaths[name] ?? name]))
}
