import { chatDialect } from '../chat-completions/chat-dialect.js'
import type { ServingProvider } from '../endpoint-request.js'
import { messagesDialect } from '../messages/messages-dialect.js'
import { responsesDialect } from '../responses/responses-dialect.js'
import type { SpokenDialect } from './spoken-dialect.js'

/** All that are translated into each other, those first that most vendors speak. */
const spokenDialects: readonly SpokenDialect[] = [chatDialect, messagesDialect, responsesDialect]

/**
 * The dialects in which a provider can be asked, the best first: the client's own, as it came; the one in which its vendor
 * answers most fully; then the others.
 */
export function dialectsFor(
  own: SpokenDialect,
  { endpoints, facts: { fullestEndpoint } }: ServingProvider,
): readonly SpokenDialect[] {
  const rank = (dialect: SpokenDialect): number =>
    dialect === own ? 0 : dialect.endpoint === fullestEndpoint ? 1 : 2
  return spokenDialects
    .filter(({ endpoint }) => endpoints.has(endpoint))
    .toSorted((left, right) => rank(left) - rank(right))
}
