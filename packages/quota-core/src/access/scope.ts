/**
 * What the bearer of a token may do.
 *
 * | scope | allows |
 * |---|---|
 * | `call` | calling models through a gateway; without a consumer also reserving and settling over the API |
 * | `read` | reading settings and usage |
 * | `record` | recording the usage of calls that were made elsewhere |
 * | `admin` | changing settings, making and revoking tokens, and all that `read` allows |
 */
export type Scope = 'call' | 'read' | 'record' | 'admin'

/** All scopes. */
export const scopes: readonly ['call', 'read', 'record', 'admin'] = ['call', 'read', 'record', 'admin']

/** Whether the scopes allow what `needed` stands for: an administrator may read what may be changed. */
export function allowsScope(given: readonly Scope[], needed: Scope): boolean {
  return given.includes(needed) || (needed === 'read' && given.includes('admin'))
}
