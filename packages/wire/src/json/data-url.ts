/** The content of a `data:` URL, in base64. */
export interface Base64Data {
  readonly mediaType: string
  readonly base64: string
}

const head = /^data:([^;,]{1,255})(?:;[^;,]{0,255}){0,8}?;base64,/i

/** Reads a `data:` URL with base64; null for any other text. */
export function readDataUrl(url: string): Base64Data | null {
  const match = head.exec(url)
  const mediaType = match?.[1]
  if (match === null || mediaType === undefined) return null
  return { mediaType: mediaType.toLowerCase(), base64: url.slice(match[0].length) }
}

/** Writes the `data:` URL. */
export function writeDataUrl({ mediaType, base64 }: Base64Data): string {
  return `data:${mediaType};base64,${base64}`
}
