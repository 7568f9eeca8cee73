import type { ClientRequest } from '../endpoint.js'
import type { PassedOn } from '../translation/spoken-dialect.js'

/** Headers by which a client chooses among the forms of the API. */
const names = ['anthropic-version', 'anthropic-beta'] as const
const maxLength = 2_000

/** What of a request's head and address goes on to vendors that speak Messages. */
export function passedOnOf({ headers, query }: Pick<ClientRequest, 'headers' | 'query'>): PassedOn {
  const given = names.flatMap(name => {
    const value = headers[name]
    const text = Array.isArray(value) ? value.join(',') : value
    return typeof text === 'string' && text !== '' && text.length <= maxLength ? [[name, text]] : []
  })
  return { headers: Object.fromEntries(given), query: query.toString() }
}
