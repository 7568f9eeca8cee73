/** The end of a token tells it from all others: it is a sum of the whole. */
const endLength = 64

/** By what an encrypted or signed token is known again; none for what is no token. */
export function tokenMark(token: unknown): readonly string[] {
  if (typeof token !== 'string' || token === '') return []
  return [`${token.length}:${token.slice(-endLength)}`]
}
