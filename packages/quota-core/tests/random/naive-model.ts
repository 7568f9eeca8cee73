import type { Counts, DayRule, Limit, OnExpiry } from '@quotakeeper/quota-core'
import { type NaiveWindow, naiveInterval } from './naive-windows.js'

/** A provider or a pool of the model. */
export interface NaiveSubject extends DayRule {
  limits: readonly Limit[]
}

export interface NaiveProvider extends NaiveSubject {
  readonly pool: string | null
  readonly onExpiry: OnExpiry
  enabled: boolean
}

/** A consumer of the model. */
export interface NaiveTeam extends NaiveSubject {
  readonly parent: string | null
}

/** One call or record. `net` is what it counts for now. */
export interface NaiveCall {
  readonly id: string
  readonly provider: string
  readonly pool: string | null
  readonly model: string
  readonly reserved: Counts
  readonly occurredAtMs: number
  expiresAtMs: number
  state: 'pending' | 'committed' | 'released' | 'expired'
  net: Counts
  /** Its team and that team's ancestors. */
  readonly teams: readonly string[]
  /** Subjects whose limits no longer count it, after a reset. */
  readonly forgivenBy: Set<string>
}

/** Something that moved a rolling level. */
type LevelEvent =
  | {
      readonly kind: 'charge' | 'undo'
      readonly units: number
      readonly spentAtMs: number
      readonly atMs: number
    }
  | { readonly kind: 'raise'; readonly units: number; readonly atMs: number }
  | { readonly kind: 'clear'; readonly atMs: number }
  | { readonly kind: 'rate'; readonly max: number; readonly atMs: number }

interface Reported {
  readonly atMs: number
  readonly excess: number
}

export interface NaiveStanding {
  readonly used: number
  readonly held: number
  readonly observed: number
}

const unitsByMetric: Readonly<Record<Limit['metric'], (counts: Counts, cached: number) => number>> = {
  requests: counts => counts.requestCount,
  characters: counts => counts.characterCount,
  tokens: (counts, cached) => counts.inputTokenCount - cached + counts.outputTokenCount,
  inputTokens: (counts, cached) => counts.inputTokenCount - cached,
  outputTokens: counts => counts.outputTokenCount,
  cost: counts => counts.costMicroUsd,
  audioSeconds: counts => counts.audioSecondCount,
  concurrency: () => 0,
}

function naiveUnits(counts: Counts, limit: Limit): number {
  return unitsByMetric[limit.metric](counts, limit.countsCached ? 0 : counts.cachedInputTokenCount)
}

/** Units that a call in flight holds. */
export function naiveHeld(counts: Counts, limit: Limit): number {
  return limit.metric === 'concurrency' ? 1 : naiveUnits(counts, limit)
}

function naiveConcerns(limit: Limit, model: string): boolean {
  if (limit.model === null) return true
  const pattern = limit.model.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return model !== '' && new RegExp(`^${pattern}$`, 's').test(model)
}

function windowMsOf(limit: Limit): number {
  const match = /^rolling-(\d+)([smhd])$/.exec(limit.window ?? '')
  return Number(match?.[1]) * ({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] ?? ''] ?? 0)
}

export const isRolling = (limit: Limit): boolean => limit.window?.startsWith('rolling') === true

function ownersOf({ provider, pool, teams }: NaiveCall): readonly string[] {
  return [`provider ${provider}`, `pool ${pool}`, ...teams.map(name => `consumer ${name}`)]
}

/** Quotas recomputed from a list of calls each time, in the simplest way. */
export class NaiveModel {
  readonly providers = new Map<string, NaiveProvider>()
  readonly pools = new Map<string, NaiveSubject>()
  readonly teams = new Map<string, NaiveTeam>()
  readonly calls = new Map<string, NaiveCall>()
  readonly #levels = new Map<string, LevelEvent[]>()
  readonly #reported = new Map<string, Reported[]>()
  readonly #grants = new Map<string, { readonly amount: number; readonly untilMs: number }[]>()
  /** Rolling levels of pools after a reset, for which the model knows only a bound. */
  readonly uncertain = new Set<string>()

  /** The limits that apply to a call: owner, limit, and model of the counter. */
  meets(
    provider: string,
    model: string,
    teams: readonly string[] = [],
  ): readonly { owner: string; subject: NaiveSubject; limit: Limit; counter: string }[] {
    const own = this.provider(provider)
    const pool = own.pool === null ? [] : [{ owner: `pool ${own.pool}`, subject: this.pool(own.pool) }]
    const ofTeams = teams.map(name => ({ owner: `consumer ${name}`, subject: this.team(name) }))
    return [...pool, { owner: `provider ${provider}`, subject: own }, ...ofTeams].flatMap(
      ({ owner, subject }) =>
        subject.limits
          .filter(limit => naiveConcerns(limit, model))
          .map(limit => ({ owner, subject, limit, counter: limit.per === 'model' ? model : '' })),
    )
  }

  provider(name: string): NaiveProvider {
    const found = this.providers.get(name)
    if (found === undefined) throw new Error(`no provider ${name}`)
    return found
  }

  team(name: string): NaiveTeam {
    const found = this.teams.get(name)
    if (found === undefined) throw new Error(`no team ${name}`)
    return found
  }

  /** The team of a call and its ancestors; empty for a name that is not a team. */
  teamsOf(consumer: string): readonly string[] {
    const team = this.teams.get(consumer)
    if (team === undefined) return []
    return team.parent === null ? [consumer] : [consumer, ...this.teamsOf(team.parent)]
  }

  pool(name: string): NaiveSubject {
    const found = this.pools.get(name)
    if (found === undefined) throw new Error(`no pool ${name}`)
    return found
  }

  /** The figures of a limit, computed from the calls. */
  standing(
    owner: string,
    subject: NaiveSubject,
    limit: Limit,
    counter: string,
    nowMs: number,
  ): NaiveStanding {
    const calls = [...this.calls.values()].filter(
      call =>
        ownersOf(call).includes(owner) &&
        naiveConcerns(limit, call.model) &&
        (limit.per === null || call.model === counter),
    )
    const pending = calls.filter(call => call.state === 'pending')
    const sum = (some: readonly NaiveCall[], counts: (call: NaiveCall) => Counts): number =>
      some.reduce((total, call) => total + naiveUnits(counts(call), limit), 0)
    const held = (some: readonly NaiveCall[]): number =>
      some.reduce((total, call) => total + naiveHeld(call.reserved, limit), 0)
    const key = `${owner} ${limit.id} ${counter}`
    if (isRolling(limit)) {
      const windowMs = windowMsOf(limit)
      const level = this.#level(key, limit, nowMs)
      const used = Number((level + BigInt(windowMs) - 1n) / BigInt(windowMs))
      return { used, held: held(pending), observed: 0 }
    }
    const window =
      limit.window === 'total' || limit.window === null
        ? { startMs: 0, endMs: Number.POSITIVE_INFINITY }
        : // The window is checked above to be a calendar window.
          naiveInterval(limit.window as NaiveWindow, subject, nowMs)
    const inside = (atMs: number): boolean => atMs >= window.startMs && atMs < window.endMs
    const reported = (this.#reported.get(key) ?? []).filter(({ atMs }) => inside(atMs))
    return {
      used: sum(
        calls.filter(call => inside(call.occurredAtMs) && !call.forgivenBy.has(owner)),
        call => call.net,
      ),
      held: held(pending.filter(call => inside(call.occurredAtMs))),
      observed: Math.max(0, ...reported.map(({ excess }) => excess)),
    }
  }

  #level(key: string, limit: Limit, nowMs: number): bigint {
    const windowMs = BigInt(windowMsOf(limit))
    let level = 0n
    let rate = 0n
    let atMs = 0
    const drain = (untilMs: number): void => {
      const drained = rate * BigInt(Math.max(0, untilMs - atMs))
      level = level > drained ? level - drained : 0n
      // An empty level is independent of the instant.
      atMs = level > 0n ? Math.max(atMs, untilMs) : untilMs
    }
    for (const event of this.#levels.get(key) ?? []) {
      drain(event.atMs)
      if (event.kind === 'rate') rate = BigInt(event.max)
      else if (event.kind === 'clear') level = 0n
      else if (event.kind === 'raise') {
        const reported = BigInt(event.units) * windowMs
        if (reported > level) level = reported
      } else {
        const gone = rate * BigInt(Math.max(0, atMs - event.spentAtMs))
        const whole = BigInt(event.units) * windowMs
        const left = whole > gone ? whole - gone : 0n
        level = event.kind === 'charge' ? level + left : level > left ? level - left : 0n
      }
    }
    drain(nowMs)
    return level
  }

  /** Adds to a limit until an instant. */
  grant(owner: string, limitId: string, grant: { readonly amount: number; readonly untilMs: number }): void {
    const key = `${owner} ${limitId}`
    this.#grants.set(key, [...(this.#grants.get(key) ?? []), grant])
  }

  forgetGrants(owner: string, limitId: string): void {
    this.#grants.delete(`${owner} ${limitId}`)
  }

  /** Units that the limit allows, its max and what is granted; null for none. */
  maxOf(owner: string, limit: Limit, nowMs: number): number | null {
    if (limit.max === null) return null
    const grants = this.#grants.get(`${owner} ${limit.id}`) ?? []
    return grants.reduce((sum, { amount, untilMs }) => (nowMs < untilMs ? sum + amount : sum), limit.max)
  }

  /** Adds a limit or changes its max. */
  setRate(owner: string, limit: Limit, models: readonly string[], atMs: number): void {
    if (!isRolling(limit)) return
    for (const counter of limit.per === 'model' ? models : ['']) {
      this.#event(`${owner} ${limit.id} ${counter}`, { kind: 'rate', max: limit.max ?? 0, atMs })
    }
  }

  /** Clears vendor reports of a limit. */
  forgetReported(owner: string, limitId: string | null): void {
    for (const key of this.#reported.keys()) {
      if (key.startsWith(limitId === null ? `${owner} ` : `${owner} ${limitId} `)) this.#reported.delete(key)
    }
  }

  #event(key: string, event: LevelEvent): void {
    this.#levels.set(key, [...(this.#levels.get(key) ?? []), event])
  }

  #move(call: NaiveCall, kind: 'charge' | 'undo', counts: Counts, spentAtMs: number, atMs: number): void {
    for (const { owner, limit, counter } of this.meets(call.provider, call.model, call.teams)) {
      if (kind === 'undo' && call.forgivenBy.has(owner)) continue
      const units = naiveUnits(counts, limit)
      if (isRolling(limit) && units > 0) {
        this.#event(`${owner} ${limit.id} ${counter}`, { kind, units, spentAtMs, atMs })
      }
    }
  }

  add(call: NaiveCall): void {
    this.calls.set(call.id, call)
  }

  record(call: NaiveCall, nowMs: number): void {
    this.calls.set(call.id, call)
    this.#move(call, 'charge', call.net, call.occurredAtMs, nowMs)
  }

  settle(call: NaiveCall, state: 'committed' | 'released', net: Counts, nowMs: number): void {
    if (call.state === 'expired') this.#move(call, 'undo', call.net, call.expiresAtMs, nowMs)
    this.#move(call, 'charge', net, nowMs, nowMs)
    call.state = state
    call.net = net
    call.forgivenBy.clear()
  }

  /** Expires calls in order. `instants` has, for each rolling counter, when it last moved before that. */
  expire(calls: readonly NaiveCall[], instants: Map<string, number>): void {
    for (const call of calls) {
      call.state = 'expired'
      if (this.provider(call.provider).onExpiry === 'release') continue
      call.net = call.reserved
      for (const { owner, limit, counter } of this.meets(call.provider, call.model, call.teams)) {
        const units = naiveUnits(call.net, limit)
        if (!isRolling(limit) || units === 0) continue
        const key = `${owner} ${limit.id} ${counter}`
        const atMs = Math.max(call.expiresAtMs, instants.get(key) ?? 0)
        instants.set(key, atMs)
        this.#event(key, { kind: 'charge', units, spentAtMs: atMs, atMs })
      }
    }
  }

  /** Resets today's usage of a provider or a team; that of a provider also in its pool. */
  reset(owner: string, nowMs: number): void {
    const [kind, name = ''] = owner.split(' ')
    const own = kind === 'consumer' ? this.team(name) : this.provider(name)
    const { startMs } = naiveInterval('day', own, nowMs)
    for (const call of this.calls.values()) {
      if (!ownersOf(call).includes(owner) || call.state === 'pending' || call.occurredAtMs < startMs) continue
      for (const taken of kind === 'consumer' ? [owner] : [owner, `pool ${call.pool}`]) {
        call.forgivenBy.add(taken)
        if (taken !== owner) this.uncertain.add(taken)
      }
    }
    for (const key of this.#levels.keys()) {
      if (key.startsWith(`${owner} `)) this.#event(key, { kind: 'clear', atMs: nowMs })
    }
    this.forgetReported(owner, null)
  }

  /** Applies usage reported by a vendor for a metric and window. */
  tell(
    provider: string,
    model: string,
    fact: { scope: string; metric: string; window: string; used: number },
    nowMs: number,
  ): void {
    for (const { owner, subject, limit, counter } of this.meets(provider, model)) {
      if (!owner.startsWith(fact.scope) || limit.metric !== fact.metric || limit.window !== fact.window)
        continue
      const { used, held } = this.standing(owner, subject, limit, counter, nowMs)
      const key = `${owner} ${limit.id} ${counter}`
      const spent = Math.max(0, fact.used - held)
      if (isRolling(limit)) {
        // A report that raises nothing leaves no event.
        const raises = BigInt(spent) * BigInt(windowMsOf(limit)) > this.#level(key, limit, nowMs)
        if (raises) this.#event(key, { kind: 'raise', units: spent, atMs: nowMs })
      } else
        this.#reported.set(key, [
          ...(this.#reported.get(key) ?? []),
          { atMs: nowMs, excess: Math.max(0, spent - used) },
        ])
    }
  }
}
