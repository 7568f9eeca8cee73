/** Characters that names could use to break lines, change direction or hide text. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu

/** The text as one line without invisible characters: a mail header ends at a line break. */
export function oneLine(text: string): string {
  return text.replaceAll(unseen, ' ').trim()
}

/**
 * The text for Slack and compatible receivers: escapes `&`, `<` and `>`, which write links and mentions such as
 * `<!channel>`, and separates `@` from group names, which Mattermost and Discord would notify.
 * @see https://api.slack.com/reference/surfaces/formatting#escaping, looked up on 2026-11-28
 */
export function slackText(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=\p{L})/gu, '@\u200b')
}

/** The first characters of a text, without splitting one. */
export function shortened(text: string, maxCharacters: number): string {
  const characters = [...text]
  return characters.length <= maxCharacters ? text : `${characters.slice(0, maxCharacters - 1).join('')}…`
}
