import assert from 'node:assert/strict'
import {
  type Answer,
  type Command,
  type CostBasis,
  type Counts,
  consumerKind,
  examineStore,
  type Limit,
  type LimitState,
  MemoryQuotaStore,
  noCounts,
  type Outcome,
  providerStats,
  type QuotaState,
  type ReserveAnswer,
  type SubjectModels,
  type SubjectRef,
  stateOfCounter,
  subjectTime,
} from '@quotakeeper/quota-core'
import { isRolling, type NaiveCall, NaiveModel, type NaiveStanding, naiveHeld } from './naive-model.js'
import {
  models,
  providerNames,
  type RandomMove,
  type RandomStep,
  type RandomWorld,
  teamNames,
} from './random-steps.js'

const admin = { actor: 'admin', managedBy: 'api' } as const
const strategies = ['most-remaining', 'priority', 'round-robin', 'soonest-reset'] as const
const poolName = 'p'

/** Consumers with ancestors. */
const teamRefs: readonly SubjectRef[] = teamNames.map(name => ({ kind: consumerKind, name }))

/** Derived, for the worlds of the same seeds to stay. */
function costBasisOf({ costMicroUsd, inputTokenCount }: Counts): CostBasis {
  if (costMicroUsd > 0) return 'stated'
  return (['stated', 'unknown', 'unstated', 'stated'] as const)[inputTokenCount % 4] ?? 'stated'
}

/** The consumer of a call: a team or another name. */
function consumerOf({ counts }: { readonly counts: Counts }): string {
  return [...teamNames, '', 'nobody'][counts.characterCount % (teamNames.length + 2)] ?? ''
}

/** A command and the clock when it was executed. */
export interface Logged {
  readonly atMs: number
  readonly command: Command
  readonly outcome: Outcome
}

const nothingSpent: NaiveStanding = { used: 0, held: 0, observed: 0 }

/** Executes random commands in a store and in the naive model, which must agree at every step. */
export class RandomRun {
  readonly model: NaiveModel = new NaiveModel()
  readonly log: Logged[] = []
  readonly store: MemoryQuotaStore
  /** Counts the reached cases, to assert that the steps cover them. */
  readonly reached: Map<string, number> = new Map()
  readonly world: RandomWorld
  clockMs: number
  readonly #limitStates = new Map<string, NaiveStanding>()
  #idCount = 0

  constructor(world: RandomWorld) {
    this.world = world
    this.clockMs = world.startMs
    this.store = new MemoryQuotaStore({ now: () => this.clockMs })
  }

  async run(): Promise<void> {
    await this.#create()
    for (const move of this.world.moves) await this.#move(move)
  }

  id(): string {
    this.#idCount++
    return `00000000-0000-4000-8000-${String(this.#idCount).padStart(12, '0')}`
  }

  async #create(): Promise<void> {
    const [poolLimits = [], ...limits] = this.world.limits
    const [poolZone = 'UTC', ...zones] = this.world.zones
    const { dayStartsAt, monthStartsOn } = this.world
    const days = { dayStartsAt, monthStartsOn }
    const subject = { ...days, ...admin }
    await this.#execute({
      type: 'upsertSubject',
      kind: 'pool',
      name: poolName,
      timeZone: poolZone,
      limits: poolLimits,
      ...subject,
    })
    this.model.pools.set(poolName, { timeZone: poolZone, ...days, limits: poolLimits })
    for (const limit of poolLimits) this.model.setRate(`pool ${poolName}`, limit, models, this.clockMs)
    for (const [index, name] of providerNames.entries()) {
      const settings = {
        timeZone: zones[index] ?? 'UTC',
        pool: index < 2 ? poolName : null,
        onExpiry: index === 1 ? 'release' : 'charge',
        limits: limits[index] ?? [],
      } as const
      const rest = { vendor: 'v', models: undefined, priority: index, metadata: undefined, ...subject }
      await this.#execute({ type: 'upsertProvider', name, ...rest, ...settings })
      this.model.providers.set(name, { ...days, enabled: true, ...settings })
      for (const limit of settings.limits) this.model.setRate(`provider ${name}`, limit, models, this.clockMs)
    }
    for (const [index, name] of teamNames.entries()) {
      const parent = teamNames[index - 1] ?? null
      const timeZone = zones[providerNames.length + index] ?? 'UTC'
      const ofTeam = limits[providerNames.length + index] ?? []
      await this.#execute({
        type: 'upsertConsumer',
        kind: consumerKind,
        name,
        parent,
        timeZone,
        limits: ofTeam,
        ...subject,
      })
      this.model.teams.set(name, { ...days, timeZone, limits: ofTeam, parent })
      for (const limit of ofTeam) this.model.setRate(`consumer ${name}`, limit, models, this.clockMs)
    }
  }

  async #move({ step, tickMs }: RandomMove): Promise<void> {
    this.clockMs += tickMs
    this.reached.set(step.kind, (this.reached.get(step.kind) ?? 0) + 1)
    await this.#perform(step)
    await this.expectAgreement()
  }

  async #perform(step: RandomStep): Promise<void> {
    switch (step.kind) {
      case 'reserve':
        return this.#reserve(step)
      case 'acquire':
        return this.#acquire(step)
      case 'commit':
      case 'release':
      case 'extend':
        return this.#settle(step)
      case 'record':
        return this.#record(step)
      case 'repeat':
        return this.#repeat(step)
      case 'expire':
        return this.#expire(step.provider)
      case 'reset':
        return this.#reset({ kind: 'provider', name: providerNames[step.provider] ?? '' })
      case 'team':
        return step.what === 'reset' ? this.#reset(teamRefs[step.team]) : this.#toggleOfTeam(step)
      case 'tell':
        return this.#tell(step)
      case 'enable':
        return this.#enable(step)
      case 'max':
      case 'toggle':
        return this.#change(step)
      case 'grant':
        return this.#grant(step)
    }
  }

  /** The time at which the store decides: the clock, or later if it jumped back. */
  async #nowMs(providers: readonly string[], teams: readonly SubjectRef[] = []): Promise<number> {
    const { state, nowMs: ofProviders } = await this.store.read({
      type: 'snapshot',
      providerNames: providers,
    })
    const nowMs = subjectTime(state, teams.map(ofAllModels), ofProviders)
    assert.ok(nowMs >= this.clockMs)
    for (const { name } of teams) {
      for (const key of this.#limitStates.keys())
        if (key.startsWith(`${name} `)) this.#limitStates.set(key, nothingSpent)
      for (const shown of this.#limitsOfTeam(state, name, nowMs)) this.#note(name, shown)
    }
    for (const provider of providers) {
      // A missing counter is 0.
      for (const key of this.#limitStates.keys())
        if (key.startsWith(`${provider} `)) this.#limitStates.set(key, nothingSpent)
      for (const shown of providerStats(state, provider, nowMs).limits) this.#note(provider, shown)
    }
    return nowMs
  }

  async #execute(command: Command): Promise<Outcome> {
    const instants = await this.#instants()
    const [outcome] = await this.store.execute([command])
    assert.ok(outcome)
    await this.#noteExpired(instants)
    this.log.push({ atMs: this.clockMs, command, outcome })
    return outcome
  }

  /** When each counter last moved. */
  async #instants(): Promise<Map<string, number>> {
    const { state } = await this.store.read({ type: 'snapshot', providerNames: null })
    const subjects = [
      { kind: 'pool', name: poolName } as const,
      ...providerNames.map(name => ({ kind: 'provider', name }) as const),
      ...teamRefs,
    ]
    const counters = subjects.flatMap(ref => [...state.counters(ref)])
    return new Map(
      counters.map(({ subject, limitId, model, atMs }) => [
        `${subject.kind} ${subject.name} ${limitId} ${model}`,
        atMs,
      ]),
    )
  }

  /** Applies the expiries of a command to the model. They must have been due, and no older due attempt may be left. */
  async #noteExpired(instants: Map<string, number>): Promise<void> {
    const { state, nowMs: ofProviders } = await this.store.read({ type: 'snapshot', providerNames: null })
    const nowMs = subjectTime(state, teamRefs.map(ofAllModels), ofProviders)
    const expired = [...this.model.calls.values()].filter(
      call => call.state === 'pending' && state.attempt(call.id)?.state === 'expired',
    )
    expired.sort((left, right) => left.expiresAtMs - right.expiresAtMs || (left.id < right.id ? -1 : 1))
    for (const call of expired) assert.ok(call.expiresAtMs <= nowMs, `${call.id} expired early`)
    this.model.expire(expired, instants)
  }

  /** Expires all due attempts of the provider, or of all. */
  async #expire(provider: number | null): Promise<void> {
    const name = provider === null ? null : (providerNames[provider] ?? '')
    const subjects = name === null ? null : [{ kind: 'provider', name } as const]
    const attempts = await this.store.read({ type: 'due', subjects, pageSize: 250 })
    const nowMs = await this.#nowMs(providerNames, teamRefs)
    const ids = new Set(attempts.map(({ id }) => id))
    for (const call of this.model.calls.values()) {
      const isOwn = call.state === 'pending' && (name === null || call.provider === name)
      // By the clock, or by the time of its subjects if the clock jumped back.
      if (isOwn && call.expiresAtMs <= this.clockMs) assert.ok(ids.has(call.id), `${call.id} is due`)
      if (ids.has(call.id)) assert.ok(isOwn && call.expiresAtMs <= nowMs, `${call.id} is not due`)
    }
    if (attempts.length === 0) return
    const answer = await this.#answer({ type: 'expire', attempts })
    assert.deepEqual(answer, { expired: attempts.length })
    this.reached.set('expired', (this.reached.get('expired') ?? 0) + attempts.length)
  }

  /**
   * Expires due attempts before the model copies uncertain levels from the store, so that none expires during the
   * command.
   */
  async #expireWhereUncertain(): Promise<void> {
    if (this.model.uncertain.size > 0) await this.#expire(null)
  }

  async #answer(command: Command): Promise<Answer> {
    const outcome = await this.#execute(command)
    if (!outcome.ok) throw outcome.error
    return outcome.answer
  }

  async #reserve(step: RandomStep & { kind: 'reserve' }): Promise<void> {
    const [providerName = '', model = ''] = [providerNames[step.provider], models[step.model]]
    await this.#expireWhereUncertain()
    const consumer = consumerOf(step)
    const teams = this.model.teamsOf(consumer)
    const nowMs = await this.#nowMs([providerName], refsOf(teams))
    const least: Counts = { ...step.counts, outputTokenCount: 0, cachedInputTokenCount: 0 }
    const atLeast = step.atLeast ? least : null
    const costBasis = costBasisOf(step.counts)
    const asked = {
      counts: step.counts,
      atLeast,
      costBasis,
      requestId: '',
      consumer,
      ttlMs: step.ttlMs,
      hash: 'r',
    }
    const command = { type: 'reserve', id: this.id(), providerName, model, ...asked } as const
    // The answer to a reservation.
    const answer = (await this.#answer(command)) as ReserveAnswer
    // If it was denied at first, due attempts have expired meanwhile.
    const request = { whole: step.counts, least: atLeast ?? step.counts, costBasis }
    const expected = this.#fits(providerName, { model, teams }, request, nowMs)
    assert.equal(answer.decision === 'granted', expected, `reserve at ${providerName}`)
    this.reached.set(answer.decision, (this.reached.get(answer.decision) ?? 0) + 1)
    if (answer.decision === 'granted') this.#granted(answer, step, { model, teams, nowMs, atLeast })
  }

  async #acquire(step: RandomStep & { kind: 'acquire' }): Promise<void> {
    const model = models[step.model] ?? ''
    await this.#expireWhereUncertain()
    const consumer = consumerOf(step)
    const teams = this.model.teamsOf(consumer)
    const nowMs = await this.#nowMs(providerNames, refsOf(teams))
    const costBasis = costBasisOf(step.counts)
    const answer = (await this.#answer({
      type: 'acquire',
      id: this.id(),
      candidates: providerNames.map(providerName => ({ providerName, model })),
      strategy: strategies[step.strategy] ?? 'priority',
      turn: step.counts.characterCount,
      counts: step.counts,
      atLeast: null,
      costBasis,
      requestId: '',
      consumer,
      ttlMs: step.ttlMs,
      hash: 'a',
      // The answer to an acquisition.
    })) as ReserveAnswer & { skipped: readonly { providerName: string }[] }
    const request = { whole: step.counts, least: step.counts, costBasis }
    const fitting = providerNames.filter(name => this.#fits(name, { model, teams }, request, nowMs))
    assert.equal(answer.decision === 'granted', fitting.length > 0, 'acquire')
    for (const { providerName } of answer.skipped) assert.ok(!fitting.includes(providerName))
    if (answer.decision === 'granted') {
      assert.ok(fitting.includes(answer.providerName))
      this.#granted(answer, step, { model, teams, nowMs, atLeast: null })
    }
  }

  #granted(
    answer: ReserveAnswer & { decision: 'granted' },
    step: { readonly counts: Counts; readonly ttlMs: number },
    {
      model,
      teams,
      nowMs,
      atLeast,
    }: { model: string; teams: readonly string[]; nowMs: number; atLeast: Counts | null },
  ): void {
    const { counts, providerName, reservationId } = answer
    for (const name of ['requestCount', 'characterCount', 'inputTokenCount', 'outputTokenCount'] as const) {
      assert.ok(counts[name] <= step.counts[name] && counts[name] >= (atLeast ?? step.counts)[name], name)
    }
    assert.ok(counts.cachedInputTokenCount <= counts.inputTokenCount)
    this.model.add({
      id: reservationId,
      provider: providerName,
      pool: this.model.provider(providerName).pool,
      model,
      reserved: counts,
      occurredAtMs: nowMs,
      expiresAtMs: nowMs + step.ttlMs,
      state: 'pending',
      net: noCounts,
      teams,
      forgivenBy: new Set(),
    })
    let cut = false
    for (const { owner, subject, limit, counter } of this.model.meets(providerName, model, teams)) {
      const { used, held, observed } = this.model.standing(owner, subject, limit, counter, nowMs)
      const max = this.model.maxOf(owner, limit, nowMs)
      if (limit.mode === 'shadow' || max === null) continue
      if (limit.metric === 'cost' && step.counts.costMicroUsd === 0) continue
      if (!this.model.uncertain.has(owner)) {
        assert.ok(used + observed + held <= max, `${owner} ${limit.id} right after a grant`)
      }
      cut ||= used + observed + held === max
    }
    const isWhole = counts.outputTokenCount === step.counts.outputTokenCount
    assert.ok(isWhole || cut || this.model.uncertain.size > 0, 'less is granted only if a limit is full')
  }

  /** Whether the model would grant this. */
  #fits(
    providerName: string,
    { model, teams }: { readonly model: string; readonly teams: readonly string[] },
    {
      whole,
      least,
      costBasis,
    }: { readonly whole: Counts; readonly least: Counts; readonly costBasis: CostBasis },
    nowMs: number,
  ): boolean {
    if (!this.model.provider(providerName).enabled) return false
    return this.model.meets(providerName, model, teams).every(({ owner, subject, limit, counter }) => {
      const max = this.model.maxOf(owner, limit, nowMs)
      if (max === null || limit.mode === 'shadow') return true
      if (limit.metric === 'cost' && costBasis === 'unknown') return false
      if (limit.metric === 'cost' && costBasis === 'stated' && whole.costMicroUsd === 0) return true
      const { used, held, observed } =
        this.#reported(providerName, owner, limit, counter) ??
        this.model.standing(owner, subject, limit, counter, nowMs)
      const spent = used + observed
      return spent < max && spent + held + naiveHeld(least, limit) <= max
    })
  }

  /** The store's level where the model cannot know it: that of a pool after a reset. */
  #reported(providerName: string, owner: string, limit: Limit, counter: string) {
    if (!this.model.uncertain.has(owner) || !isRolling(limit)) return undefined
    const shownBy = owner.startsWith('consumer ') ? owner.slice('consumer '.length) : providerName
    return this.#limitStates.get(`${shownBy} ${owner} ${limit.id} ${counter}`)
  }

  async #settle(step: RandomStep & { kind: 'commit' | 'release' | 'extend' }): Promise<void> {
    const call = this.#pick(step.pick, step.kind !== 'extend' && step.any)
    if (call === undefined) return
    const nowMs = await this.#nowMs([call.provider], refsOf(call.teams))
    const wasSettled = call.state === 'committed' || (call.state !== 'pending' && step.kind === 'extend')
    const reservationId = call.id
    const outcome = await this.#execute(
      step.kind === 'commit'
        ? {
            type: 'commit',
            reservationId,
            counts: step.counts,
            estimated: false,
            outcome: 'succeeded',
            hash: this.id(),
          }
        : step.kind === 'release'
          ? { type: 'release', reservationId }
          : { type: 'extend', reservationId, ttlMs: step.ttlMs },
    )
    assert.equal(outcome.ok, !wasSettled, `${step.kind} of what is ${call.state}`)
    if (!outcome.ok) return
    if (step.kind === 'commit') this.model.settle(call, 'committed', step.counts, nowMs)
    else if (step.kind === 'release') {
      if (call.state !== 'released') this.model.settle(call, 'released', noCounts, nowMs)
    } else call.expiresAtMs = Math.max(call.expiresAtMs, nowMs + step.ttlMs)
  }

  /** Picks a reservation: of those in flight, or of all. */
  #pick(pick: number, any: boolean): NaiveCall | undefined {
    const calls = [...this.model.calls.values()].filter(
      call => call.expiresAtMs > 0 && (any || call.state === 'pending'),
    )
    return calls[pick % Math.max(1, calls.length)]
  }

  async #record(step: RandomStep & { kind: 'record' }): Promise<void> {
    const [providerName = '', model = ''] = [providerNames[step.provider], models[step.model]]
    const consumer = consumerOf(step)
    const teams = this.model.teamsOf(consumer)
    const nowMs = await this.#nowMs([providerName], refsOf(teams))
    const occurredAtMs = nowMs - step.agoMs
    const id = this.id()
    const reported = { requestId: '', consumer, metadata: {}, hash: id }
    await this.#answer({
      type: 'record',
      id,
      providerName,
      model,
      counts: step.counts,
      occurredAtMs,
      ...reported,
    })
    const { pool } = this.model.provider(providerName)
    this.model.record(
      {
        id,
        provider: providerName,
        pool,
        model,
        reserved: noCounts,
        occurredAtMs,
        expiresAtMs: 0,
        state: 'committed',
        net: step.counts,
        teams,
        forgivenBy: new Set(),
      },
      nowMs,
    )
  }

  /** Repeats a command, which must change nothing. */
  async #repeat(step: RandomStep & { kind: 'repeat' }): Promise<void> {
    const again = this.log.filter(({ command }) =>
      ['commit', 'release', 'record', 'resetUsage'].includes(command.type),
    )
    const logged = again[step.pick % Math.max(1, again.length)]
    if (logged === undefined || !logged.outcome.ok) return
    const { command } = logged
    const call = 'reservationId' in command ? this.model.calls.get(command.reservationId ?? '') : undefined
    if (command.type === 'release' && call?.state !== 'released') return
    const name = command.type === 'resetUsage' ? command.subject.name : ''
    const repeated =
      command.type === 'resetUsage' && command.subject.kind === consumerKind
        ? []
        : [call?.provider ?? ('providerName' in command ? command.providerName : name)]
    await this.#nowMs(repeated, teamRefs)
    const outcome = await this.#execute(command)
    assert.ok(outcome.ok, `${command.type} repeated`)
  }

  async #reset(subject: SubjectRef | undefined): Promise<void> {
    if (subject === undefined) return
    const { kind, name } = subject
    const nowMs = await (kind === 'provider'
      ? this.#nowMs([name])
      : // Of a consumer alone: its ancestors keep their usage, so their time does not count.
        this.#nowMs([], [subject]))
    await this.#answer({ type: 'resetUsage', id: this.id(), subject, actor: 'admin' })
    this.model.reset(`${kind} ${name}`, nowMs)
  }

  /** Removes and re-adds a calendar limit of a team, which then starts from the ledger. */
  async #toggleOfTeam(step: RandomStep & { kind: 'team' }): Promise<void> {
    const name = teamNames[step.team] ?? ''
    const { limits } = this.model.team(name)
    const limit = limits[step.limit % Math.max(1, limits.length)]
    if (limit === undefined || isRolling(limit)) return
    for (const changed of [limits.filter(other => other !== limit), limits])
      await this.#answer({ type: 'upsertConsumer', kind: consumerKind, name, limits: changed, ...admin })
  }

  async #tell(step: RandomStep & { kind: 'tell' }): Promise<void> {
    const [providerName = '', model = ''] = [providerNames[step.provider], models[step.model]]
    const met = this.model.meets(providerName, model)
    const about = met[step.limit % Math.max(1, met.length)]
    const { metric, window = null } = about?.limit ?? {}
    if (about === undefined || metric === undefined || window === null) return
    const nowMs = await this.#nowMs([providerName])
    const scope = about.owner.startsWith('pool') ? 'pool' : 'provider'
    const { timeZone, dayStartsAt, monthStartsOn } = about.subject
    await this.#answer({
      type: 'observe',
      providerName,
      model,
      reservationId: null,
      facts: [
        {
          scope,
          metric,
          window,
          max: 40,
          remaining: 40 - step.used,
          perModel: false,
          countsCached: true,
          timeZone,
        },
      ],
      refusal: null,
      succeeded: false,
    })
    // The vendor's days begin at midnight, so it reports nothing of our days and months that do not.
    if (dayStartsAt !== '00:00' && (window === 'day' || window === 'week' || window === 'month')) return
    if (monthStartsOn !== 1 && window === 'month') return
    this.model.tell(providerName, model, { scope, metric, window, used: step.used }, nowMs)
  }

  async #enable({ provider, enabled }: RandomStep & { kind: 'enable' }): Promise<void> {
    const name = providerNames[provider] ?? ''
    await this.#nowMs([name])
    await this.#answer({ type: 'setEnabled', kind: 'provider', name, enabled, actor: 'admin' })
    this.model.provider(name).enabled = enabled
  }

  /** Changes a max, or removes and re-adds a calendar limit. */
  async #change(step: RandomStep & { kind: 'max' | 'toggle' }): Promise<void> {
    const name = providerNames[step.provider] ?? ''
    const provider = this.model.provider(name)
    const limit = provider.limits[step.limit % Math.max(1, provider.limits.length)]
    if (limit === undefined || limit.max === null) return
    const rolling = isRolling(limit)
    if (step.kind === 'toggle' && rolling) return
    // Equal settings change nothing, not even the limit's time.
    if (step.kind === 'max' && step.max === limit.max) return
    const nowMs = await this.#nowMs([name])
    const others = provider.limits.filter(other => other.id !== limit.id)
    const changed = step.kind === 'max' ? [...others, { ...limit, max: step.max }] : others
    const absent = {
      pool: undefined,
      timeZone: undefined,
      dayStartsAt: undefined,
      models: undefined,
      vendor: undefined,
    }
    const rest = {
      ...absent,
      thresholdsPercent: undefined,
      priority: undefined,
      onExpiry: undefined,
      metadata: undefined,
    }
    const put = (limits: readonly Limit[]): Promise<Answer> =>
      this.#answer({ type: 'upsertProvider', name, limits, ...rest, ...admin })
    await put(changed)
    // A removed limit is added again at once, to start from the ledger.
    if (step.kind === 'toggle') {
      await put(provider.limits)
      this.model.forgetReported(`provider ${name}`, limit.id)
      this.model.forgetGrants(`provider ${name}`, limit.id)
      return
    }
    provider.limits = changed
    this.model.setRate(`provider ${name}`, { ...limit, max: step.max }, models, nowMs)
  }

  async #grant({ provider, limit: pick, amount, forMs }: RandomStep & { kind: 'grant' }): Promise<void> {
    const name = providerNames[provider] ?? ''
    const { limits } = this.model.provider(name)
    const limit = limits[pick % Math.max(1, limits.length)]
    if (limit === undefined || limit.max === null) return
    const untilMs = (await this.#nowMs([name])) + forMs
    const subject = { kind: 'provider', name } as const
    const grant = { subject, limitId: limit.id, amount, untilMs, actor: 'admin' }
    await this.#answer({ type: 'grantQuota', id: this.id(), ...grant })
    this.model.grant(`provider ${name}`, limit.id, { amount, untilMs })
  }

  #limitsOfTeam(state: QuotaState, name: string, nowMs: number): readonly LimitState[] {
    return [...state.counters({ kind: consumerKind, name })].flatMap(counter =>
      // For a limit per model, only the shared counter keeps the time.
      counter.model === '' &&
      this.model.team(name).limits.some(({ id, per }) => id === counter.limitId && per !== null)
        ? []
        : stateOfCounter(state, counter, nowMs),
    )
  }

  /** Reads a limit's figures from the store and from the model. */
  #note(name: string, shown: LimitState) {
    const owner = `${shown.subject.kind} ${shown.subject.name}`
    const subject =
      owner === `pool ${poolName}`
        ? this.model.pool(poolName)
        : owner === `consumer ${name}`
          ? this.model.team(name)
          : this.model.provider(name)
    const limit = subject.limits.find(({ id }) => id === shown.id)
    assert.ok(limit)
    const counter = limit.per === 'model' ? (shown.model ?? '') : ''
    const { used, held, observed } = shown
    assert.ok(used >= 0 && held >= 0 && observed >= 0)
    const standing: NaiveStanding = { used, held, observed }
    this.#limitStates.set(`${name} ${owner} ${limit.id} ${counter}`, standing)
    return { owner, subject, limit, counter, standing }
  }

  /** Asserts that every figure of the store equals that of the model. */
  async expectAgreement(): Promise<void> {
    const { state, nowMs } = await this.store.read({ type: 'snapshot', providerNames: null })
    for (const name of providerNames) {
      for (const shown of providerStats(state, name, nowMs).limits) {
        const { owner, subject, limit, counter, standing } = this.#note(name, shown)
        const expected = this.model.standing(owner, subject, limit, counter, nowMs)
        const known = !this.model.uncertain.has(owner) || !isRolling(limit)
        if (known) assert.deepEqual(standing, expected, `${owner} ${limit.id} ${counter}`)
      }
    }
    const latestMs = subjectTime(state, teamRefs.map(ofAllModels), nowMs)
    for (const name of teamNames) {
      for (const shown of this.#limitsOfTeam(state, name, latestMs)) {
        const { owner, subject, limit, counter, standing } = this.#note(name, shown)
        const expected = this.model.standing(owner, subject, limit, counter, latestMs)
        const known = !this.model.uncertain.has(owner) || !isRolling(limit)
        if (known) assert.deepEqual(standing, expected, `${owner} ${limit.id} ${counter}`)
      }
    }
    assert.deepEqual(await examineStore(this.store, null), [])
  }
}

function refsOf(teams: readonly string[]): readonly SubjectRef[] {
  return teams.map(name => ({ kind: consumerKind, name }))
}

function ofAllModels(ref: SubjectRef): SubjectModels {
  return { ...ref, models: 'all' }
}
