import { type EndpointName, endpointNames } from './endpoint-names.js'
import { knownVendor } from './known-vendors.js'

/** Every vendor is asked for these: who lacks one says so itself, by 404. */
const usual: readonly EndpointName[] = ['chat/completions', 'embeddings']

/**
 * The endpoints of a vendor, with their paths relative to its base URL.
 *
 * @param vendor one that nothing is known of counts as `custom`, which has all
 * @param named what the provider's own settings name, in place of the vendor's list; undefined without them. Names that
 *   are not known here count for nothing
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
