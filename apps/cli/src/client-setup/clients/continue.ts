import { join } from 'node:path'
import { type KnownClient, noToken, tokenVariable } from '../client-setup.js'
import { mergeYaml } from '../files/merge-yaml.js'

/**
 * Continue, in editors and as `cn`: a model each in `config.yaml`. Its secrets are in `.env` beside it.
 * Source: https://docs.continue.dev/reference (2026-11-29).
 */
export const continueDev: KnownClient = {
  name: 'continue',
  title: 'Continue',
  endpoint: '/v1/chat/completions',
  setUp: ({ url, needsToken, models }, { home }) => {
    const folder = join(home, '.continue')
    return {
      files: [
        {
          path: join(folder, 'config.yaml'),
          merge: text =>
            mergeYaml(text, {
              defaults: { name: 'My Config', version: '1.0.0', schema: 'v1' },
              list: {
                key: 'models',
                // Two entries of one name would be one.
                identity: 'name',
                entries: models.map(model => ({
                  name: `${model} (Quotakeeper)`,
                  provider: 'openai',
                  model,
                  apiBase: `${url}/v1`,
                  apiKey: needsToken ? `\${{ secrets.${tokenVariable} }}` : noToken,
                })),
              },
            }),
        },
      ],
      variables: [],
      steps: needsToken
        ? [`Put the gateway's token into ${join(folder, '.env')}, as ${tokenVariable}=…`]
        : [],
    }
  },
}
