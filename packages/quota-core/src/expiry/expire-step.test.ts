import { expect, it } from 'vitest'
import { limit, reserve, upsertProvider } from '../contract/commands.js'
import type { Command } from '../domain/command.js'
import type { Outcome } from '../domain/outcome.js'
import { QuotaError } from '../domain/quota-error.js'
import { MemoryQuotaStore } from '../memory/memory-quota-store.js'
import { expireStep } from './expire-step.js'

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

it('an attempt that the store refuses to expire stays held, and does not block others', async () => {
  const store = new MemoryQuotaStore({ now: () => Date.UTC(2026, 10, 25, 12) })
  await store.execute([upsertProvider('a', { vendor: 'v', limits: [limit({ max: 100 })] })])
  await store.execute(Array.from({ length: 20 }, (_, number) => reserve(id(number), 'a', { ttlMs: 0 })))
  // As a database does with a value that it cannot store: the whole command fails.
  const refusing = {
    read: store.read.bind(store),
    execute: async (commands: readonly Command[]): Promise<readonly Outcome[]> => {
      const [command] = commands
      const isRefused = command?.type === 'expire' && command.attempts.some(attempt => attempt.id === id(7))
      if (!isRefused) return store.execute(commands)
      return [{ ok: false, error: new QuotaError('INVALID_INPUT', 'cannot be stored') }]
    },
  }
  await expect(expireStep(refusing, null)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  const left = await store.read({ type: 'due', subjects: null, pageSize: 250 })
  expect(left.map(attempt => attempt.id)).toEqual([id(7)])
})
