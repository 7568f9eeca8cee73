import { join } from 'node:path'
import { type KnownClient, providerId, tokenVariable } from '../client-setup.js'
import { mergeToml } from '../files/merge-toml.js'

/**
 * OpenAI's Codex: a model provider of its own in `config.toml`, which is made the default.
 * Source: https://developers.openai.com/codex/config-advanced (2026-11-29).
 */
export const codex: KnownClient = {
  name: 'codex',
  title: 'Codex',
  endpoint: '/v1/responses',
  setUp: ({ url, needsToken, models: [model] }, { home, environment }) => ({
    files: [
      {
        path: join(environment['CODEX_HOME'] || join(home, '.codex'), 'config.toml'),
        merge: text =>
          mergeToml(text, {
            root: { model, model_provider: providerId },
            table: ['model_providers', providerId],
            values: {
              name: 'Quotakeeper',
              base_url: `${url}/v1`,
              wire_api: 'responses',
              // Codex refuses to start where it names a variable that is not set.
              env_key: needsToken ? tokenVariable : null,
            },
          }),
      },
    ],
    variables: needsToken ? [{ name: tokenVariable, value: null }] : [],
    steps: [],
  }),
}
