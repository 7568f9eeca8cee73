/** The start of an HTML or XML page: a document's, or a first tag that is closed further on. */
const pageStart = /<(?:!doctype\s|\?xml\s|html\b)|^\s*<([a-z][\w:-]{0,30})\b[\s\S]*<\/\1\s*>/i

/** The text before a page of HTML or XML, which a proxy may have added; all of it without one. */
export function withoutPage(text: string): string {
  const start = text.search(pageStart)
  return start === -1 ? text : text.slice(0, start)
}
