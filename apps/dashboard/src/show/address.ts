/**
 * Decodes the second segment of a path: `/requests/50%25` gives `50%`. The router's parameters are partially decoded,
 * and decoding twice fails on a percent sign, so this reads the path itself. A segment with invalid encoding is
 * returned unchanged.
 */
export function namedBy(pathname: string): string {
  const part = pathname.split('/')[2] ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
