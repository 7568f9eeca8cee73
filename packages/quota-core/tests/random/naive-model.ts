import type { Counts, DayRule, Limit, OnExpiry } from '@quotakeeper/quota-core'
import { isRolling, NaiveLevels, windowMsOf } from './naive-levels.js'
import { naiveConcerns, naiveCounter, naiveHeld, naiveUnits } from './naive-units.js'
import { type NaiveWindow, naiveInterval } from './naive-windows.js'
import { endUsers, models } from './random-steps.js'

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
  parent: string | null
  enabled: boolean
}

/** What determines the limits and counters of a call. */
export interface NaiveRequest {
  readonly provider: string
  readonly model: string
  /** Its team and that team's ancestors. */
  readonly teams: readonly string[]
  /** `''` for none. */
  readonly endUser: string
}

/** One call or record. `net` is what it counts for now. */
export interface NaiveCall extends NaiveRequest {
  readonly id: string
  readonly pool: string | null
  readonly reserved: Counts
  readonly occurredAtMs: number
  expiresAtMs: number
  state: 'pending' | 'committed' | 'released' | 'expired'
  net: Counts
  /** Subjects whose limits no longer count it, after a reset. */
  readonly forgivenBy: Set<string>
}

/** A counter of a limit: of one model, one end user, or `''` for the only one. */
export interface NaiveCounter {
  /** Kind and name, as `consumer web`. */
  readonly owner: string
  readonly subject: NaiveSubject
  readonly limit: Limit
  readonly counter: string
}

/** A unique key of the counter. */
export function naiveKey({ owner, limit, counter }: Omit<NaiveCounter, 'subject'>): string {
  return `${owner} ${limit.id} ${counter}`
}

interface Reported {
  readonly atMs: number
  readonly excess: number
}

export interface NaiveStanding {
  readonly used: number
  readonly held: number
  readonly observed: number
}

function ownersOf({ provider, pool, teams }: NaiveCall): readonly string[] {
  return [`provider ${provider}`, `pool ${pool}`, ...teams.map(name => `consumer ${name}`)]
}

/** Quotas recomputed from a list of calls each time, in the simplest way. */
export class NaiveModel {
  readonly providers = new Map<string, NaiveProvider>()
  readonly pools = new Map<string, NaiveSubject>()
  readonly teams = new Map<string, NaiveTeam>()
  readonly calls = new Map<string, NaiveCall>()
  readonly #levels = new NaiveLevels()
  readonly #reported = new Map<string, Reported[]>()
  readonly #grants = new Map<string, { readonly amount: number; readonly untilMs: number }[]>()
  /** Pools after a reset: the model knows only a bound of their rolling levels. */
  readonly uncertain = new Set<string>()

  /** The limits that apply to a call, each with the counter that counts it. */
  meets(request: NaiveRequest): readonly NaiveCounter[] {
    const { provider, model, teams } = request
    const own = this.provider(provider)
    const pool = own.pool === null ? [] : [{ owner: `pool ${own.pool}`, subject: this.pool(own.pool) }]
    const ofTeams = teams.map(name => ({ owner: `consumer ${name}`, subject: this.team(name) }))
    return [...pool, { owner: `provider ${provider}`, subject: own }, ...ofTeams].flatMap(
      ({ owner, subject }) =>
        subject.limits
          .filter(limit => naiveConcerns(limit, model))
          .map(limit => ({ owner, subject, limit, counter: naiveCounter(limit, request) })),
    )
  }

  /** The pool, provider or team of a key such as `consumer web`. */
  subject(owner: string): NaiveSubject {
    const [kind, name = ''] = owner.split(' ')
    if (kind === 'pool') return this.pool(name)
    return kind === 'consumer' ? this.team(name) : this.provider(name)
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

  /** Whether the model's figures are exact. */
  knows({ owner, limit }: NaiveCounter): boolean {
    return !this.uncertain.has(owner) || !isRolling(limit)
  }

  /** The figures of a limit, computed from the calls. */
  standing(place: NaiveCounter, nowMs: number): NaiveStanding {
    const { owner, subject, limit, counter } = place
    const calls = [...this.calls.values()].filter(
      call =>
        ownersOf(call).includes(owner) &&
        naiveConcerns(limit, call.model) &&
        naiveCounter(limit, call) === counter,
    )
    const pending = calls.filter(call => call.state === 'pending')
    const sum = (some: readonly NaiveCall[], counts: (call: NaiveCall) => Counts): number =>
      some.reduce((total, call) => total + naiveUnits(counts(call), limit), 0)
    const held = (some: readonly NaiveCall[]): number =>
      some.reduce((total, call) => total + naiveHeld(call.reserved, limit), 0)
    const key = naiveKey(place)
    if (isRolling(limit)) {
      const windowMs = windowMsOf(limit)
      const level = this.#levels.level(key, limit, nowMs)
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
  setRate(owner: string, limit: Limit, atMs: number): void {
    if (!isRolling(limit)) return
    for (const counter of this.countersOf(limit)) {
      this.#levels.add(naiveKey({ owner, limit, counter }), { kind: 'rate', max: limit.max ?? 0, atMs })
    }
  }

  /** Every counter that the limit may have. */
  countersOf({ per }: Limit): readonly string[] {
    if (per === null) return ['']
    return per === 'model' ? models : endUsers
  }

  /** Clears vendor reports of a limit. */
  forgetReported(owner: string, limitId: string | null): void {
    for (const key of this.#reported.keys()) {
      if (key.startsWith(limitId === null ? `${owner} ` : `${owner} ${limitId} `)) this.#reported.delete(key)
    }
  }

  #move(call: NaiveCall, kind: 'charge' | 'undo', counts: Counts, spentAtMs: number, atMs: number): void {
    for (const place of this.meets(call)) {
      if (kind === 'undo' && call.forgivenBy.has(place.owner)) continue
      const units = naiveUnits(counts, place.limit)
      if (isRolling(place.limit) && units > 0) {
        this.#levels.add(naiveKey(place), { kind, units, spentAtMs, atMs })
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
      for (const place of this.meets(call)) {
        const units = naiveUnits(call.net, place.limit)
        if (!isRolling(place.limit) || units === 0) continue
        const key = naiveKey(place)
        const atMs = Math.max(call.expiresAtMs, instants.get(key) ?? 0)
        instants.set(key, atMs)
        this.#levels.add(key, { kind: 'charge', units, spentAtMs: atMs, atMs })
      }
    }
  }

  /** Resets today's usage of a provider or a team; that of a provider also in its pool. */
  reset(owner: string, nowMs: number): void {
    const { startMs } = naiveInterval('day', this.subject(owner), nowMs)
    for (const call of this.calls.values()) {
      if (!ownersOf(call).includes(owner) || call.state === 'pending' || call.occurredAtMs < startMs) continue
      for (const taken of owner.startsWith('consumer') ? [owner] : [owner, `pool ${call.pool}`]) {
        call.forgivenBy.add(taken)
        if (taken !== owner) this.uncertain.add(taken)
      }
    }
    this.#levels.clear(owner, nowMs)
    this.forgetReported(owner, null)
  }

  /** Applies usage reported by a vendor for a metric and window. */
  tell(
    provider: string,
    model: string,
    fact: { scope: string; metric: string; window: string; used: number },
    nowMs: number,
  ): void {
    for (const place of this.meets({ provider, model, teams: [], endUser: '' })) {
      const { owner, limit } = place
      if (!owner.startsWith(fact.scope) || limit.metric !== fact.metric || limit.window !== fact.window)
        continue
      const { used, held } = this.standing(place, nowMs)
      const key = naiveKey(place)
      const spent = Math.max(0, fact.used - held)
      if (isRolling(limit)) {
        // A report that raises nothing leaves no event.
        const raises = BigInt(spent) * BigInt(windowMsOf(limit)) > this.#levels.level(key, limit, nowMs)
        if (raises) this.#levels.add(key, { kind: 'raise', units: spent, atMs: nowMs })
      } else
        this.#reported.set(key, [
          ...(this.#reported.get(key) ?? []),
          { atMs: nowMs, excess: Math.max(0, spent - used) },
        ])
    }
  }
}
