/** What a vendor sent, as JSON; undefined where it is none, which is for vendors to decide. */
export function parseJson(text: Buffer | string): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}
