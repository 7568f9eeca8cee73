const regexMayFollow =
  /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|delete|throw|new|else|do|await|yield))\s*$/

/**
 * Replaces everything but code with spaces: comments, contents of strings and templates, regular expressions.
 * Offsets stay, so that a match can be located in the original.
 *
 * A custom scanner, because TypeScript 7 has no parser API for scripts.
 *
 * @param {string} source TypeScript
 * @returns {string} of the same length
 */
export function maskSource(source) {
  const masked = source.split('')
  /** @type {number[]} at each open template expression, how many braces are open inside it */
  const templateDepths = []
  let index = 0

  /** @param {number} from @param {number} to */
  const blank = (from, to) => {
    for (let at = from; at < to; at += 1) if (masked[at] !== '\n') masked[at] = ' '
  }
  /** @param {RegExp} pattern sticky */
  const endOf = pattern => {
    pattern.lastIndex = index
    return pattern.exec(source) === null ? null : pattern.lastIndex
  }
  /** Skips a template's text up to its end or its next expression. @param {number} from */
  const skipTemplateText = from => {
    let at = from
    while (at < source.length && source[at] !== '`' && !source.startsWith('${', at)) {
      at += source[at] === '\\' ? 2 : 1
    }
    blank(from, Math.min(at, source.length))
    if (source[at] === '$') {
      templateDepths.push(0)
      return at + 2
    }
    return at + 1
  }

  while (index < source.length) {
    const character = source[index]
    const commentEnd = endOf(/\/\/[^\n]*|\/\*[\s\S]*?\*\//y)
    if (commentEnd !== null) {
      blank(index, commentEnd)
      index = commentEnd
    } else if (character === "'" || character === '"') {
      // A quote without an end on its line is an apostrophe in JSX.
      const end = endOf(/'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y)
      if (end !== null) blank(index + 1, end - 1)
      index = end ?? index + 1
    } else if (character === '`') {
      index = skipTemplateText(index + 1)
    } else if (
      character === '/' &&
      regexMayFollow.test(masked.slice(Math.max(0, index - 20), index).join(''))
    ) {
      const end = endOf(/\/(?:[^/\\[\n]|\\[^\n]|\[(?:[^\]\\\n]|\\[^\n])*\])+\/[a-z]*/y)
      if (end !== null) blank(index, end)
      index = end ?? index + 1
    } else {
      const depth = templateDepths.at(-1)
      if (depth !== undefined && character === '{') templateDepths[templateDepths.length - 1] = depth + 1
      if (depth !== undefined && character === '}') {
        if (depth === 0) {
          templateDepths.pop()
          index = skipTemplateText(index + 1)
          continue
        }
        templateDepths[templateDepths.length - 1] = depth - 1
      }
      index += 1
    }
  }
  return masked.join('')
}
