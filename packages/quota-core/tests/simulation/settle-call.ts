import { type Counts, type Granted, noCounts, type ObserveCommand } from '@quotakeeper/quota-core'
import type { OrchestratorProcess } from './orchestrator-process.js'
import type { VendorAnswer } from './vendor.js'

/** Releases a call that was never sent. */
export async function settleUnsent(process: OrchestratorProcess, { reservationId }: Granted): Promise<void> {
  await process.insist(() => process.service.release(reservationId))
  if (process.world.random.chance(process.world.plan.troubles.repeat)) {
    await process.insist(() => process.service.release(reservationId))
  }
}

/** Commits the usage of a call, then observes the vendor's answer. */
export async function settleAnswered(
  process: OrchestratorProcess,
  { reservationId, providerName }: Granted,
  { answer, used }: { readonly answer: VendorAnswer; readonly used: Counts },
): Promise<void> {
  const { plan, random, timeline } = process.world
  const outcome = answer.accepted ? 'succeeded' : 'refused'
  const counts = answer.accepted ? used : noCounts
  const commit = (): Promise<unknown> =>
    process.service.commit({ reservationId, counts, estimated: false, outcome })
  await process.insist(commit)
  if (random.chance(plan.troubles.repeat)) await process.insist(commit)
  const reports = plan.providers.find(({ name }) => name === providerName)?.reports === true
  if (answer.accepted && !reports) return
  const observation: ObserveCommand = {
    type: 'observe',
    providerName,
    model: '',
    reservationId,
    facts: answer.facts,
    refusal: answer.accepted
      ? null
      : {
          scope: answer.refusedBy.some(({ scope }) => scope === 'pool') ? 'pool' : 'provider',
          model: '',
          kind: 'rate_limit',
          untilMs: timeline.storeMs + answer.waitMs,
        },
    succeeded: answer.accepted,
  }
  await process.insist(() => process.connection.execute([observation]))
}
