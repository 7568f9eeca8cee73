import { describe, expect, it } from 'vitest'
import { configurationPage } from './configuration-page.mjs'

const described = (description: string): object => ({ type: 'string', description })

describe('configurationPage', () => {
  it('names a setting without description, without default, and without example', () => {
    const schema = {
      properties: {
        routing: {
          description: 'Which key takes a call',
          properties: {
            strategy: {},
            waitMs: described('Longest wait'),
            fine: described('Fine; default: 1'),
          },
        },
      },
    }
    const { faults } = configurationPage({ schema, example: { routing: { waitMs: 1, fine: 2 } }, source: '' })
    expect(faults).toEqual([
      'routing.strategy has no description',
      'the description of routing.strategy does not end with "; default: …"',
      'routing.strategy is not in examples/every-setting.yaml',
      'the description of routing.waitMs does not end with "; default: …"',
    ])
  })
})
