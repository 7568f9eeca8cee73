import { endpointNames, presetLimits, presetNames } from '@quotakeeper/vendors'
import { z } from 'zod'

/** The name of an environment variable with a secret. */
export const variableSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/, {
  error: 'must be the name of an environment variable, never a key itself',
})

/** The file with a key, as gateways see it. */
export const keyFileSchema = z
  .string()
  .max(1_000)
  .regex(/^(?:\/|[A-Za-z]:[\\/])[^\0\r\n]+$/, {
    error: 'must be the absolute path of a file such as /run/secrets/groq_1, never a key itself',
  })

/** Whether to request usage in streams, by `stream_options`. */
export const streamUsageSchema = z.boolean({ error: 'must be true or false' })

/** The endpoints of a provider, which replace its vendor's. */
export const endpointsSchema = z
  .array(z.enum(endpointNames, { error: `must be one of ${endpointNames.join(', ')}` }), {
    error: `must be a list of endpoints: ${endpointNames.join(', ')}`,
  })
  .min(1, { error: 'must name at least one endpoint; leave it out for those of the vendor' })
  .max(endpointNames.length)

/** The base URL before `/chat/completions`, without a final slash and without a secret. */
export const baseUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an address such as https://api.example.com/v1' })
  .max(2_000)
  .refine(hasNoCredentials, {
    error: 'must not contain a user or a password: put the key into a variable and name it in apiKeyEnv',
  })
  .transform(text => text.replace(/\/+$/, ''))

/** Whether an address has neither a user nor a password. */
export function hasNoCredentials(text: string): boolean {
  // Invalid addresses are reported above.
  if (!URL.canParse(text)) return true
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

/** The limits of a vendor's tier, by name. */
export const presetSchema = z.string().refine(name => presetLimits(name) !== undefined, {
  error: `must be a known preset: ${presetNames.join(', ')}`,
})
