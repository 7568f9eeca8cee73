/** What a vendor sent, as JSON; undefined where it is none, which is for vendors to decide. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
