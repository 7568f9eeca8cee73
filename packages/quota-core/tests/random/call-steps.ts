import assert from 'node:assert/strict'
import {
  type AcquireAnswer,
  type CostBasis,
  type Counts,
  type Granted,
  noCounts,
  type ReserveAnswer,
} from '@quotakeeper/quota-core'
import { type NaiveRequest, naiveKey } from './naive-model.js'
import { naiveHeld } from './naive-units.js'
import type { RandomRun } from './random-run.js'
import { consumerNames, endUsers, models, providerNames, type RandomStep } from './random-steps.js'
import { teamRef } from './subject-refs.js'

type StepOf<Kind extends RandomStep['kind']> = Extract<RandomStep, { kind: Kind }>

const strategies = ['most-remaining', 'priority', 'round-robin', 'soonest-reset'] as const

/** The names in a step of a call. */
function callOf(run: RandomRun, step: StepOf<'reserve' | 'acquire' | 'record'>) {
  const [model = '', consumer = ''] = [models[step.model], consumerNames[step.consumer]]
  const endUser = endUsers[step.endUser] ?? ''
  const teams = run.model.teamsOf(consumer)
  if (teams.length > 0 && endUser !== '') run.reach('user')
  return { model, consumer, endUser, teams }
}

/** Follows from the counts, so that each step states its cost in one way. */
function costBasisOf({ costMicroUsd, inputTokenCount }: Counts): CostBasis {
  if (costMicroUsd > 0) return 'stated'
  return (['stated', 'unknown', 'unstated', 'stated'] as const)[inputTokenCount % 4] ?? 'stated'
}

/** Counts that a call asks for. */
interface Asked {
  readonly whole: Counts
  readonly least: Counts
  readonly costBasis: CostBasis
}

export async function reserve(run: RandomRun, step: StepOf<'reserve'>): Promise<void> {
  const provider = providerNames[step.provider] ?? ''
  await run.expireWhereUncertain()
  const { teams, ...call } = callOf(run, step)
  const nowMs = await run.nowMs([provider], teams.map(teamRef))
  const { counts, ttlMs } = step
  const least: Counts = { ...counts, outputTokenCount: 0, cachedInputTokenCount: 0 }
  const asked = { whole: counts, least: step.atLeast ? least : counts, costBasis: costBasisOf(counts) }
  // The answer to a reservation.
  const answer = (await run.answer({
    type: 'reserve',
    id: run.id(),
    providerName: provider,
    ...call,
    counts,
    atLeast: step.atLeast ? least : null,
    costBasis: asked.costBasis,
    requestId: '',
    ttlMs,
    hash: 'r',
  })) as ReserveAnswer
  // If it was denied at first, due attempts have expired meanwhile.
  const request = { provider, ...call, teams }
  assert.equal(answer.decision === 'granted', fits(run, request, asked, nowMs), `reserve at ${provider}`)
  run.reach(answer.decision)
  if (answer.decision === 'granted') noteGrant(run, answer, { request, asked, ttlMs, nowMs })
}

export async function acquire(run: RandomRun, step: StepOf<'acquire'>): Promise<void> {
  await run.expireWhereUncertain()
  const { teams, ...call } = callOf(run, step)
  const nowMs = await run.nowMs(providerNames, teams.map(teamRef))
  const { counts, ttlMs } = step
  const asked = { whole: counts, least: counts, costBasis: costBasisOf(counts) }
  // The answer to an acquisition.
  const answer = (await run.answer({
    type: 'acquire',
    id: run.id(),
    candidates: providerNames.map(providerName => ({ providerName, model: call.model })),
    strategy: strategies[step.strategy] ?? 'priority',
    turn: counts.characterCount,
    counts,
    atLeast: null,
    costBasis: asked.costBasis,
    requestId: '',
    consumer: call.consumer,
    endUser: call.endUser,
    ttlMs,
    hash: 'a',
  })) as AcquireAnswer
  const requestAt = (provider: string): NaiveRequest => ({ provider, ...call, teams })
  const fitting = providerNames.filter(name => fits(run, requestAt(name), asked, nowMs))
  assert.equal(answer.decision === 'granted', fitting.length > 0, 'acquire')
  for (const { providerName } of answer.skipped) assert.ok(!fitting.includes(providerName))
  if (answer.decision !== 'granted') return
  assert.ok(fitting.includes(answer.providerName))
  noteGrant(run, answer, { request: requestAt(answer.providerName), asked, ttlMs, nowMs })
}

/** Adds a granted call to the model. Asserts that it fits, and is cut only where a limit is full. */
function noteGrant(
  { model }: RandomRun,
  { counts, reservationId }: Granted,
  {
    request,
    asked: { whole, least },
    ttlMs,
    nowMs,
  }: {
    readonly request: NaiveRequest
    readonly asked: Asked
    readonly ttlMs: number
    readonly nowMs: number
  },
): void {
  for (const name of ['requestCount', 'characterCount', 'inputTokenCount', 'outputTokenCount'] as const) {
    assert.ok(counts[name] <= whole[name] && counts[name] >= least[name], name)
  }
  assert.ok(counts.cachedInputTokenCount <= counts.inputTokenCount)
  const { provider, teams, endUser } = request
  model.add({
    id: reservationId,
    provider,
    pool: model.provider(provider).pool,
    model: request.model,
    teams,
    endUser,
    reserved: counts,
    occurredAtMs: nowMs,
    expiresAtMs: nowMs + ttlMs,
    state: 'pending',
    net: noCounts,
    forgivenBy: new Set(),
  })
  let isCut = false
  for (const place of model.meets(request)) {
    const { owner, limit } = place
    const { used, held, observed } = model.standing(place, nowMs)
    const max = model.maxOf(owner, limit, nowMs)
    if (limit.mode === 'shadow' || max === null) continue
    if (limit.metric === 'cost' && whole.costMicroUsd === 0) continue
    if (!model.uncertain.has(owner)) {
      assert.ok(used + observed + held <= max, `${naiveKey(place)} right after a grant`)
    }
    isCut ||= used + observed + held === max
  }
  const isWhole = counts.outputTokenCount === whole.outputTokenCount
  assert.ok(isWhole || isCut || model.uncertain.size > 0, 'less is granted only if a limit is full')
}

/** Whether the model would grant this. */
function fits(
  run: RandomRun,
  request: NaiveRequest,
  { whole, least, costBasis }: Asked,
  nowMs: number,
): boolean {
  const { model } = run
  if (!model.provider(request.provider).enabled) return false
  if (!request.teams.every(name => model.team(name).enabled)) return false
  return model.meets(request).every(place => {
    const { owner, limit } = place
    const max = model.maxOf(owner, limit, nowMs)
    if (max === null || limit.mode === 'shadow') return true
    if (limit.metric === 'cost' && costBasis === 'unknown') return false
    if (limit.metric === 'cost' && costBasis === 'stated' && whole.costMicroUsd === 0) return true
    const { used, held, observed } = run.standing(place, nowMs)
    const spent = used + observed
    const hasRoom = spent < max && spent + held + naiveHeld(least, limit) <= max
    if (!hasRoom && limit.per === 'user') run.reach('user denied')
    return hasRoom
  })
}

export async function record(run: RandomRun, step: StepOf<'record'>): Promise<void> {
  const providerName = providerNames[step.provider] ?? ''
  const { teams, ...call } = callOf(run, step)
  const nowMs = await run.nowMs([providerName], teams.map(teamRef))
  const occurredAtMs = nowMs - step.agoMs
  const id = run.id()
  const { counts } = step
  const reported = { requestId: '', metadata: {}, hash: id }
  await run.answer({ type: 'record', id, providerName, ...call, counts, occurredAtMs, ...reported })
  run.model.record(
    {
      id,
      provider: providerName,
      pool: run.model.provider(providerName).pool,
      model: call.model,
      teams,
      endUser: call.endUser,
      reserved: noCounts,
      occurredAtMs,
      expiresAtMs: 0,
      state: 'committed',
      net: counts,
      forgivenBy: new Set(),
    },
    nowMs,
  )
}
