import { join } from 'node:path'
import { type KnownClient, noToken, providerId, tokenVariable } from '../client-setup.js'
import { hasKey, type JsonChange, mergeJson } from '../files/merge-json.js'

/**
 * opencode: a provider of its own, by the AI SDK's package for compatible servers, and the default model. Version 2
 * reads the form of version 1 as well, but the two must not be mixed in one file: a file in the new form is kept in it.
 * Source: https://github.com/anomalyco/opencode, config.mdx, providers.mdx and migrate-v1.mdx of its documents (2026-11-29).
 */
export const opencode: KnownClient = {
  name: 'opencode',
  title: 'opencode',
  endpoint: '/v1/chat/completions',
  setUp: ({ url, needsToken, models }, { home, environment, exists }) => {
    const folder = join(environment['XDG_CONFIG_HOME'] || join(home, '.config'), 'opencode')
    const commented = join(folder, 'opencode.jsonc')
    const settings = {
      baseURL: `${url}/v1`,
      apiKey: needsToken ? `{env:${tokenVariable}}` : noToken,
    }
    const changes = (isSecond: boolean): readonly JsonChange[] => {
      const provider = [isSecond ? 'providers' : 'provider', providerId]
      const npm = '@ai-sdk/openai-compatible'
      return [
        { path: ['$schema'], value: 'https://opencode.ai/config.json', onlyIfAbsent: true },
        isSecond
          ? { path: [...provider, 'package'], value: `aisdk:${npm}` }
          : { path: [...provider, 'npm'], value: npm },
        { path: [...provider, 'name'], value: 'Quotakeeper' },
        ...Object.entries(settings).map(([name, value]) => ({
          path: [...provider, isSecond ? 'settings' : 'options', name],
          value,
        })),
        ...models.map(model => ({
          path: [...provider, 'models', model],
          value: { name: model },
          onlyIfAbsent: true,
        })),
        { path: ['model'], value: `${providerId}/${models[0]}` },
      ]
    }
    return {
      files: [
        {
          path: exists(commented) ? commented : join(folder, 'opencode.json'),
          merge: text => mergeJson(text, changes(text !== null && hasKey(text, 'providers'))),
        },
      ],
      variables: needsToken ? [{ name: tokenVariable, value: null }] : [],
      steps: [],
    }
  },
}
