import assert from 'node:assert/strict'
import { type Answer, consumerKind, type Limit, type SubjectRef } from '@quotakeeper/quota-core'
import { isRolling } from './naive-levels.js'
import type { RandomRun } from './random-run.js'
import { models, providerNames, type RandomStep, teamNames } from './random-steps.js'
import { ownerRefs, poolName, teamRef } from './subject-refs.js'

type StepOf<Kind extends RandomStep['kind']> = Extract<RandomStep, { kind: Kind }>

const admin = { actor: 'admin', managedBy: 'api' } as const

/** Settings of providers that a change of limits leaves alone. */
const same = {
  pool: undefined,
  models: undefined,
  vendor: undefined,
  priority: undefined,
  onExpiry: undefined,
  metadata: undefined,
} as const

/** Creates the pool, the providers and the teams. */
export async function create(run: RandomRun): Promise<void> {
  const { world, model, clockMs } = run
  const days = { dayStartsAt: world.dayStartsAt, monthStartsOn: world.monthStartsOn }
  const begin = (owner: string, limits: readonly Limit[]): void => {
    for (const limit of limits) model.setRate(owner, limit, clockMs)
  }
  const pool = { ...days, ...world.pool }
  await run.answer({ type: 'upsertSubject', kind: 'pool', name: poolName, ...pool, ...admin })
  model.pools.set(poolName, pool)
  begin(`pool ${poolName}`, pool.limits)
  for (const [index, owner] of world.providers.entries()) {
    const name = providerNames[index] ?? ''
    const provider = {
      ...days,
      ...owner,
      pool: index < 2 ? poolName : null,
      onExpiry: index === 1 ? 'release' : 'charge',
    } as const
    const rest = { ...same, vendor: 'v', priority: index }
    await run.answer({ type: 'upsertProvider', name, ...rest, ...provider, ...admin })
    model.providers.set(name, { ...provider, enabled: true })
    begin(`provider ${name}`, owner.limits)
  }
  for (const [index, owner] of world.teams.entries()) {
    const name = teamNames[index] ?? ''
    const team = { ...days, ...owner, parent: teamNames[index - 1] ?? null }
    await run.answer({ type: 'upsertConsumer', kind: consumerKind, name, ...team, ...admin })
    model.teams.set(name, { ...team, enabled: true })
    begin(`consumer ${name}`, owner.limits)
  }
}

/** The time of a provider with its pool, or of a team with its ancestors. */
function timeOf(run: RandomRun, { kind, name }: SubjectRef): Promise<number> {
  return kind === 'provider' ? run.nowMs([name]) : run.nowMs([], run.model.teamsOf(name).map(teamRef))
}

function ownerOf(index: number): { readonly ref: SubjectRef; readonly owner: string } {
  const ref = ownerRefs[index]
  if (ref === undefined) throw new Error(`no owner ${index}`)
  return { ref, owner: `${ref.kind} ${ref.name}` }
}

function putLimits(run: RandomRun, { kind, name }: SubjectRef, limits: readonly Limit[]): Promise<Answer> {
  return run.answer(
    kind === 'provider'
      ? { type: 'upsertProvider', name, limits, ...same, ...admin }
      : { type: 'upsertConsumer', kind: consumerKind, name, limits, ...admin },
  )
}

/** Disables or enables a provider or a team. */
export async function enable(run: RandomRun, step: StepOf<'enable'>): Promise<void> {
  const { ref } = ownerOf(step.owner)
  const { enabled } = step
  const { name } = ref
  const isProvider = ref.kind === 'provider'
  const kind = isProvider ? 'provider' : consumerKind
  await run.answer({ type: 'setEnabled', kind, name, enabled, actor: 'admin' })
  const own = isProvider ? run.model.provider(name) : run.model.team(name)
  own.enabled = enabled
}

/** Gives a team another parent, for later calls. It cannot be one of its own ancestors. */
export async function moveTeam(run: RandomRun, step: StepOf<'move'>): Promise<void> {
  const name = teamNames[step.team] ?? ''
  const parent = step.parent === null ? null : (teamNames[step.parent] ?? '')
  const isCycle = parent !== null && run.model.teamsOf(parent).includes(name)
  const outcome = await run.execute({ type: 'upsertConsumer', kind: consumerKind, name, parent, ...admin })
  assert.equal(outcome.ok, !isCycle, `${name} below ${parent}`)
  if (outcome.ok) run.model.team(name).parent = parent
  run.reach(outcome.ok ? 'moved' : 'cycle')
}

/** Changes the max of a limit. */
export async function changeMax(run: RandomRun, step: StepOf<'max'>): Promise<void> {
  const { ref, owner } = ownerOf(step.owner)
  const own = run.model.subject(owner)
  const limit = own.limits[step.limit % Math.max(1, own.limits.length)]
  // Equal settings change nothing, not even the limit's time.
  if (limit === undefined || limit.max === null || limit.max === step.max) return
  const nowMs = await timeOf(run, ref)
  const changed = { ...limit, max: step.max }
  own.limits = [...own.limits.filter(({ id }) => id !== limit.id), changed]
  await putLimits(run, ref, own.limits)
  run.model.setRate(owner, changed, nowMs)
}

/** Removes a calendar limit and adds it again at once: it then starts from the ledger. */
export async function toggle(run: RandomRun, step: StepOf<'toggle'>): Promise<void> {
  const { ref, owner } = ownerOf(step.owner)
  const { limits } = run.model.subject(owner)
  const limit = limits[step.limit % Math.max(1, limits.length)]
  if (limit === undefined || isRolling(limit)) return
  await putLimits(
    run,
    ref,
    limits.filter(other => other !== limit),
  )
  await putLimits(run, ref, limits)
  run.model.forgetReported(owner, limit.id)
  run.model.forgetGrants(owner, limit.id)
}

/** Adds to a limit for some time. */
export async function grant(run: RandomRun, step: StepOf<'grant'>): Promise<void> {
  const { ref, owner } = ownerOf(step.owner)
  const { limits } = run.model.subject(owner)
  const limit = limits[step.limit % Math.max(1, limits.length)]
  if (limit === undefined || limit.max === null) return
  const { amount } = step
  const untilMs = (await timeOf(run, ref)) + step.forMs
  const granted = { subject: ref, limitId: limit.id, amount, untilMs, actor: 'admin' }
  await run.answer({ type: 'grantQuota', id: run.id(), ...granted })
  run.model.grant(owner, limit.id, { amount, untilMs })
}

/** Resets today's usage of a provider or a team. */
export async function reset(run: RandomRun, step: StepOf<'reset'>): Promise<void> {
  const { ref: subject, owner } = ownerOf(step.owner)
  // The ancestors of a team keep their usage, so their time does not count.
  const nowMs = await (subject.kind === 'provider' ? timeOf(run, subject) : run.nowMs([], [subject]))
  await run.answer({ type: 'resetUsage', id: run.id(), subject, actor: 'admin' })
  run.model.reset(owner, nowMs)
}

/** A vendor reports usage of a limit. */
export async function tell(run: RandomRun, step: StepOf<'tell'>): Promise<void> {
  const [provider = '', model = ''] = [providerNames[step.provider], models[step.model]]
  const met = run.model.meets({ provider, model, teams: [], endUser: '' })
  const about = met[step.limit % Math.max(1, met.length)]
  const { metric, window = null } = about?.limit ?? {}
  if (about === undefined || metric === undefined || window === null) return
  const nowMs = await run.nowMs([provider])
  const scope = about.owner.startsWith('pool') ? 'pool' : 'provider'
  const { timeZone, dayStartsAt, monthStartsOn } = about.subject
  const figures = { max: 40, remaining: 40 - step.used, perModel: false, countsCached: true, timeZone }
  await run.answer({
    type: 'observe',
    providerName: provider,
    model,
    reservationId: null,
    facts: [{ scope, metric, window, ...figures }],
    refusal: null,
    succeeded: false,
  })
  // The vendor's days begin at midnight, so it reports nothing of our days and months that do not.
  if (dayStartsAt !== '00:00' && (window === 'day' || window === 'week' || window === 'month')) return
  if (monthStartsOn !== 1 && window === 'month') return
  run.model.tell(provider, model, { scope, metric, window, used: step.used }, nowMs)
}
