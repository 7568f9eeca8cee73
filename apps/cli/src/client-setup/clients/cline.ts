import { type KnownClient, noToken, tokenVariable } from '../client-setup.js'
import { shellWord } from '../shell-word.js'

/**
 * Cline: keeps its settings itself, in the editor and for its command line; there is no file to write.
 * Source: https://docs.cline.bot/provider-config/openai-compatible, https://docs.cline.bot/cline-cli/cli-reference
 * (2026-11-29).
 */
export const cline: KnownClient = {
  name: 'cline',
  title: 'Cline',
  endpoint: '/v1/chat/completions',
  setUp: ({ url, needsToken, models: [model] }) => ({
    files: [],
    variables: [],
    steps: [
      `In the editor: Settings, API Provider "OpenAI Compatible", Base URL ${url}/v1, API Key ${
        needsToken ? "the gateway's token" : noToken
      }, Model ID ${model}.`,
      `On the command line: cline auth -p openai -b ${shellWord(`${url}/v1`)} -k ${
        needsToken ? `"$${tokenVariable}"` : noToken
      } -m ${shellWord(model)}`,
    ],
  }),
}
