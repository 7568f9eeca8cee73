/**
 * What the second part of an address names: `/requests/50%25` names `50%`. The router has undone half of the
 * escapes when it tells its parts, and what is undone twice breaks on a percent sign; so this reads the address itself.
 * An address that no encoding makes names what it says.
 */
export function namedBy(pathname: string): string {
  const part = pathname.split('/')[2] ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
