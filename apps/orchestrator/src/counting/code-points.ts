/**
 * The number of characters of a text in Unicode code points, the unit in which quotas of characters are
 * kept. A lone surrogate is one; an emoji of a surrogate pair is one, too.
 */
export function countCodePoints(text: string): number {
  // Units less pairs: iterating by code points would make a string of each.
  let count = text.length
  for (let index = 1; index < text.length; index++) {
    if (!isBetween(text.charCodeAt(index), 0xdc00, 0xdfff)) continue
    if (!isBetween(text.charCodeAt(index - 1), 0xd800, 0xdbff)) continue
    count--
  }
  return count
}

function isBetween(unit: number, low: number, high: number): boolean {
  return unit >= low && unit <= high
}
