/** What to do where no vendor shortens a conversation: Codex tries nothing else after a refusal, and shows what it says. */
export const compactionRemedy =
  'Let the client shorten the conversation by itself: Codex does for a provider in its configuration that is not named "OpenAI".'
