import { join } from 'node:path'
import { type KnownClient, keyVariable, type Places, providerId } from '../client-setup.js'
import { mergeJson } from '../files/merge-json.js'

/** Required by Zed and unknown to the gateway: the value of the example in Zed's documentation. */
const contextTokens = 128_000

/**
 * Zed: a provider of its own among the compatible ones. The key is read from a variable that is named for it.
 * Source: https://zed.dev/docs/ai/use-api-access (2026-11-29).
 */
export const zed: KnownClient = {
  name: 'zed',
  title: 'Zed',
  endpoint: '/v1/chat/completions',
  setUp: (facts, places) => {
    const { url, models } = facts
    const provider = ['language_models', 'openai_compatible', providerId]
    return {
      files: [
        {
          path: join(folderOf(places), 'settings.json'),
          merge: text =>
            mergeJson(text, [
              { path: [...provider, 'api_url'], value: `${url}/v1` },
              ...models.map(model => ({
                path: [...provider, 'available_models'],
                entry: { name: model, max_tokens: contextTokens },
                identity: 'name',
              })),
            ]),
        },
      ],
      variables: [keyVariable('QUOTAKEEPER_API_KEY', facts)],
      steps: [
        `Set "max_tokens" of each model to its context window: ${contextTokens} is assumed.`,
        'Start Zed where the variable is set, or enter the key in its settings: AI, LLM Providers.',
      ],
    }
  },
}

function folderOf({ home, platform, environment }: Places): string {
  if (platform === 'win32') return join(environment['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Zed')
  const isLinux = platform !== 'darwin'
  return join((isLinux && environment['XDG_CONFIG_HOME']) || join(home, '.config'), 'zed')
}
