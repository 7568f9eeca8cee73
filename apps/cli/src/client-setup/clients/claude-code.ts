import { join } from 'node:path'
import { type KnownClient, keyVariable, noToken } from '../client-setup.js'
import { mergeJson } from '../files/merge-json.js'

/**
 * Claude Code: variables in the `env` of its settings, which win over the shell's. It asks for models by the names of
 * tiers, each of which is given a model that is served.
 * Source: https://code.claude.com/docs/en/env-vars (2026-11-29).
 */
export const claudeCode: KnownClient = {
  name: 'claude-code',
  title: 'Claude Code',
  endpoint: '/v1/messages',
  prefers: /^claude/,
  setUp: (facts, { home, environment }) => {
    const { url, needsToken, served, models } = facts
    const [model] = models
    const ofTier = (tier: string): string =>
      served.find(name => name.startsWith('claude') && name.includes(tier)) ?? model
    const variables: Record<string, string> = {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_MODEL: model,
      ANTHROPIC_DEFAULT_OPUS_MODEL: ofTier('opus'),
      ANTHROPIC_DEFAULT_SONNET_MODEL: ofTier('sonnet'),
      ANTHROPIC_DEFAULT_HAIKU_MODEL: ofTier('haiku'),
      CLAUDE_CODE_SUBAGENT_MODEL: model,
      // Without one Claude Code asks people to sign in. A real token stays in the shell.
      ...(needsToken ? {} : { ANTHROPIC_AUTH_TOKEN: noToken }),
    }
    return {
      files: [
        {
          path: join(environment['CLAUDE_CONFIG_DIR'] || join(home, '.claude'), 'settings.json'),
          merge: text =>
            mergeJson(
              text,
              Object.entries(variables).map(([name, value]) => ({ path: ['env', name], value })),
            ),
        },
      ],
      variables: needsToken ? [keyVariable('ANTHROPIC_AUTH_TOKEN', facts)] : [],
      steps: needsToken ? ['Leave ANTHROPIC_API_KEY unset: Claude Code would send it as well.'] : [],
    }
  },
}
