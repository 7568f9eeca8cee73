import type { ReadyProvider } from '../routing/routing-table.js'

/** What a call carries beside its body. Nothing of the client's headers, which may hold its own tokens. */
export function vendorHeaders({ key, facts }: ReadyProvider): Record<string, string> {
  const { name, prefix } = facts.keyHeader
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
