/** Whether the text is what the glob says: `*` for anything, `?` for one character, the rest for itself. */
export function matchesGlob(glob: string, text: string): boolean {
  // Without backtracking over several stars: each takes as little as it can, and the last one the rest.
  let at = 0
  let afterStar = -1
  let starAt = 0
  let index = 0
  while (index < text.length) {
    const sign = glob[at]
    if (sign === '*') {
      afterStar = ++at
      starAt = index
    } else if (sign === '?' || sign === text[index]) {
      at += 1
      index += 1
    } else if (afterStar >= 0) {
      at = afterStar
      index = ++starAt
    } else {
      return false
    }
  }
  while (glob[at] === '*') at += 1
  return at === glob.length
}
