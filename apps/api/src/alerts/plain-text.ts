/** What names in the text could do: break lines, turn its direction, hide. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu

/** The text as one line, in which nothing is that cannot be seen: a header of a mail ends at a line's end. */
export function oneLine(text: string): string {
  return text.replaceAll(unseen, ' ').trim()
}

/**
 * The text for Slack and what takes its messages: `&`, `<` and `>` are escaped, by which links and mentions such as
 * `<!channel>` are written there, and no `@` is followed by a group's name, which Mattermost and Discord would call.
 * @see https://api.slack.com/reference/surfaces/formatting#escaping, looked up on 2026-11-28
 */
export function slackText(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=\p{L})/gu, '@\u200b')
}

/** The first characters of a text, none of them cut in two. */
export function shortened(text: string, maxCharacters: number): string {
  const characters = [...text]
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`
}
