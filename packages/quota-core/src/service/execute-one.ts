import type { Command } from '../domain/command.js'
import type { AnswerTo } from '../domain/outcome.js'
import type { QuotaStore } from '../store.js'

/** Executes one command. @throws QuotaError its error */
export async function executeOne<C extends Command>(store: QuotaStore, command: C): Promise<AnswerTo<C>> {
  const [outcome] = await store.execute([command])
  if (outcome === undefined) throw new Error('the store answered fewer outcomes than commands')
  if (!outcome.ok) throw outcome.error
  // The store answers each command by its type, which TypeScript cannot infer from the list.
  return outcome.answer as AnswerTo<C>
}
