import { type EndpointName, endpointNames } from './endpoint-names.js'
import { knownVendor } from './known-vendors.js'

/** Tried at every vendor; one without the endpoint answers 404. */
const usual: readonly EndpointName[] = ['chat/completions', 'embeddings']

/** Paths that are not the names; `{model}` stands for the model. */
const defaultPaths: Readonly<Partial<Record<EndpointName, string>>> = {
  generateContent: 'models/{model}:generateContent',
  streamGenerateContent: 'models/{model}:streamGenerateContent',
  countTokens: 'models/{model}:countTokens',
}

/**
 * The endpoints of a vendor, with their paths relative to its base URL.
 *
 * @param vendor an unknown one counts as `custom`, which has all but those of Gemini's own API
 * @param named endpoints in the provider's settings, which replace the vendor's list; undefined without them. Unknown
 * names are ignored
 */
export function vendorEndpoints(
  vendor: string,
  named?: readonly string[],
): ReadonlyMap<EndpointName, string> {
  const { endpoints, endpointPaths = {} } = knownVendor(vendor).facts
  const known =
    endpoints === 'all'
      ? endpointNames.filter(name => defaultPaths[name] === undefined)
      : [...usual, ...endpoints]
  const own = named && endpointNames.filter(name => named.includes(name))
  return new Map((own ?? known).map(name => [name, endpointPaths[name] ?? defaultPaths[name] ?? name]))
}
