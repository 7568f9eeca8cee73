import { join } from 'node:path'
import { type KnownClient, keyVariable, noToken } from '../client-setup.js'
import { mergeYaml } from '../files/merge-yaml.js'

/**
 * aider: its file of options in the home folder. The prefix `openai/` has it speak to any compatible server.
 * Source: https://aider.chat/docs/llms/openai-compat.html, https://aider.chat/docs/config/api-keys.html (2026-11-29).
 */
export const aider: KnownClient = {
  name: 'aider',
  title: 'aider',
  endpoint: '/v1/chat/completions',
  setUp: (facts, { home }) => {
    const { url, needsToken, models } = facts
    return {
      files: [
        {
          path: join(home, '.aider.conf.yml'),
          merge: text =>
            mergeYaml(text, {
              values: {
                'openai-api-base': `${url}/v1`,
                model: `openai/${models[0]}`,
                ...(needsToken ? {} : { 'openai-api-key': noToken }),
              },
            }),
        },
      ],
      variables: needsToken ? [keyVariable('OPENAI_API_KEY', facts)] : [],
      steps: [],
    }
  },
}
