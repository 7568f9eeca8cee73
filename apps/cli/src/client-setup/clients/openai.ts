import { type KnownClient, keyVariable } from '../client-setup.js'

/** OpenAI's own libraries, and whatever reads the same variables. */
export const openAi: KnownClient = {
  name: 'openai',
  title: 'OpenAI’s libraries',
  endpoint: '/v1/chat/completions',
  setUp: facts => ({
    files: [],
    variables: [{ name: 'OPENAI_BASE_URL', value: `${facts.url}/v1` }, keyVariable('OPENAI_API_KEY', facts)],
    steps: [],
  }),
}
