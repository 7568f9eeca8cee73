import { type KnownClient, keyVariable } from '../client-setup.js'

/**
 * Open WebUI: variables at its first start; later ones are set on its page.
 * Source: https://docs.openwebui.com/features/openai (2026-11-29).
 */
export const openWebUi: KnownClient = {
  name: 'openwebui',
  title: 'Open WebUI',
  endpoint: '/v1/chat/completions',
  setUp: facts => ({
    files: [],
    variables: [
      { name: 'OPENAI_API_BASE_URLS', value: `${facts.url}/v1` },
      keyVariable('OPENAI_API_KEYS', facts),
    ],
    steps: [
      'It reads the variables at its first start; afterwards: Admin Settings, Connections.',
      'In a container, 127.0.0.1 is the container: name the host, let the gateway listen there (QUOTA_GATEWAY_HOST, QUOTA_GATEWAY_TOKEN), and add the name to QUOTA_GATEWAY_ALLOWED_HOSTS.',
    ],
  }),
}
