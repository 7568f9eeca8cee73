import assert from 'node:assert/strict'
import { consumerKind, noCounts } from '@quotakeeper/quota-core'
import type { NaiveCall } from './naive-model.js'
import type { RandomRun } from './random-run.js'
import type { RandomStep } from './random-steps.js'
import { teamRef, teamRefs } from './subject-refs.js'

type StepOf<Kind extends RandomStep['kind']> = Extract<RandomStep, { kind: Kind }>

/** Commits, releases or extends a reservation. */
export async function settle(run: RandomRun, step: StepOf<'commit' | 'release' | 'extend'>): Promise<void> {
  const call = pickCall(run, step.pick, step.kind !== 'extend' && step.any)
  if (call === undefined) return
  const nowMs = await run.nowMs([call.provider], call.teams.map(teamRef))
  const wasSettled = call.state === 'committed' || (call.state !== 'pending' && step.kind === 'extend')
  const outcome = await run.execute(commandOf(run, step, call.id))
  assert.equal(outcome.ok, !wasSettled, `${step.kind} of what is ${call.state}`)
  if (!outcome.ok) return
  if (step.kind === 'commit') run.model.settle(call, 'committed', step.counts, nowMs)
  else if (step.kind === 'release') {
    if (call.state !== 'released') run.model.settle(call, 'released', noCounts, nowMs)
  } else call.expiresAtMs = Math.max(call.expiresAtMs, nowMs + step.ttlMs)
}

function commandOf(run: RandomRun, step: StepOf<'commit' | 'release' | 'extend'>, reservationId: string) {
  switch (step.kind) {
    case 'commit': {
      const as = { counts: step.counts, estimated: false, outcome: 'succeeded', hash: run.id() } as const
      return { type: 'commit', reservationId, ...as } as const
    }
    case 'release':
      return { type: 'release', reservationId } as const
    case 'extend':
      return { type: 'extend', reservationId, ttlMs: step.ttlMs } as const
  }
}

/** Picks a reservation: of those in flight, or of all. */
function pickCall({ model }: RandomRun, pick: number, any: boolean): NaiveCall | undefined {
  const calls = [...model.calls.values()].filter(
    call => call.expiresAtMs > 0 && (any || call.state === 'pending'),
  )
  return calls[pick % Math.max(1, calls.length)]
}

/** Repeats a command, which must change nothing. */
export async function repeat(run: RandomRun, step: StepOf<'repeat'>): Promise<void> {
  const again = run.log.filter(({ command }) =>
    ['commit', 'release', 'record', 'resetUsage'].includes(command.type),
  )
  const logged = again[step.pick % Math.max(1, again.length)]
  if (logged === undefined || !logged.outcome.ok) return
  const { command } = logged
  const call = 'reservationId' in command ? run.model.calls.get(command.reservationId ?? '') : undefined
  if (command.type === 'release' && call?.state !== 'released') return
  const name = command.type === 'resetUsage' ? command.subject.name : ''
  const repeated =
    command.type === 'resetUsage' && command.subject.kind === consumerKind
      ? []
      : [call?.provider ?? ('providerName' in command ? command.providerName : name)]
  await run.nowMs(repeated, teamRefs)
  const outcome = await run.execute(command)
  assert.ok(outcome.ok, `${command.type} repeated`)
}
