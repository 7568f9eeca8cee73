import {
  type AcquireAnswer,
  type Counts,
  consumerKind,
  type Granted,
  noCounts,
  QuotaError,
  QuotaService,
} from '@quotakeeper/quota-core'
import { Connection } from './connection.js'
import { type Caller, drawCaller } from './consumer-plan.js'
import { settleAnswered, settleUnsent } from './settle-call.js'
import type { Actor } from './timeline.js'
import type { World } from './world.js'

/** Attempts to send a message before giving up. */
const maxTries = 5

/** A process that reserves quota, calls a vendor and settles, until it crashes. */
export class OrchestratorProcess implements Actor {
  isAlive = true
  readonly world: World
  readonly connection: Connection
  readonly service: QuotaService
  /** Consecutive denials. */
  #denialCount = 0

  constructor(world: World) {
    this.world = world
    this.connection = new Connection(world, waitMs => this.step(waitMs))
    this.service = new QuotaService({ store: this.connection, newId: () => world.newId() })
  }

  /** Starts a process after some time. A crashed process is replaced by a new one without its state. */
  static start(world: World, waitMs: number): void {
    const process = new OrchestratorProcess(world)
    world.timeline.start(waitMs, process, () => process.#live())
  }

  /** Waits, or crashes. */
  step(waitMs: number): Promise<void> {
    const { figures, plan, random, timeline } = this.world
    if (!random.chance(plan.troubles.crash)) return timeline.sleep(waitMs, this)
    figures.crashCount++
    OrchestratorProcess.start(this.world, random.integer(100, 5_000))
    return timeline.die(this)
  }

  /** Repeats a message with the same ids while its result is unknown. Undefined if it gives up. */
  async insist<T>(say: () => Promise<T>): Promise<T | undefined> {
    for (let count = 0; count < maxTries; count++) {
      try {
        return await say()
      } catch (error) {
        if (!(error instanceof QuotaError) || !error.isRetryable) throw error
        await this.step(this.world.random.integer(10, 500))
      }
    }
    return undefined
  }

  async #live(): Promise<void> {
    const { random } = this.world
    while (!this.world.isOver()) {
      await this.step(random.integer(0, 500))
      const caller = drawCaller(this.world.plan, random)
      const answer = await this.#acquire(caller)
      if (answer === undefined) continue
      if (answer.decision === 'denied') {
        await this.step(this.#waitMs(answer))
        continue
      }
      this.#denialCount = 0
      await this.#call(answer, caller)
    }
  }

  /** Undefined after giving up; a possible reservation expires. */
  async #acquire(caller: Caller): Promise<AcquireAnswer | undefined> {
    const { plan, random } = this.world
    const inputTokenCount = random.integer(4, 15)
    const outputTokenCount = random.integer(10, 50)
    const request = {
      id: this.world.newId(),
      candidates: null,
      model: '',
      strategy: plan.strategy,
      counts: { ...noCounts, requestCount: 1, inputTokenCount, outputTokenCount },
      atLeast: { ...noCounts, requestCount: 1, inputTokenCount, outputTokenCount: 1 },
      requestId: '',
      ...caller,
      ttlMs: plan.ttlMs,
    }
    try {
      return await this.insist(() => this.service.acquire(request))
    } catch (error) {
      if (error instanceof QuotaError && error.code === 'ID_REUSED') return undefined
      throw error
    }
  }

  /** Time until a retry; shorter while calls are in flight, which may release quota. */
  #waitMs({ retryAt, skipped }: Extract<AcquireAnswer, { decision: 'denied' }>): number {
    const { book, plan, random, timeline } = this.world
    // The next call may be for another one, which has room.
    const isOfConsumer = skipped.some(({ reasons }) =>
      reasons.some(({ subject }) => subject.kind === consumerKind),
    )
    if (retryAt === null && !isOfConsumer)
      return random.integer(60_000, plan.pace === 'minutes' ? 120_000 : 7_200_000)
    const waitMs = retryAt === null ? 7_200_000 : Date.parse(retryAt) - timeline.storeMs
    if (book.open.size === 0 && !isOfConsumer) return waitMs
    this.#denialCount++
    // Grows with each denial: a clock set back may keep a reservation for a day.
    const firstMs = isOfConsumer ? random.integer(4_000, 12_000) : random.integer(2_000, 6_000)
    return Math.min(waitMs, Math.ceil(firstMs * 1.5 ** this.#denialCount))
  }

  async #call(granted: Granted, caller: Caller): Promise<void> {
    const { book, consumers, figures, plan, random, timeline, vendors } = this.world
    const { troubles } = plan
    if (random.chance(troubles.neverConnected)) return settleUnsent(this, granted)
    await this.step(random.integer(5, 300))
    await this.#stall(granted)
    const used = this.#drawUse(granted.counts)
    const { providerName: keyName, reservationId: id } = granted
    const asked = plan.kind === 'calm' ? granted.counts : { ...granted.counts, outputTokenCount: 0 }
    const nowMs = timeline.nowMs
    const answer = vendors.receive({ id, keyName, asked, used }, nowMs)
    figures.callCount++
    if (answer.accepted) {
      this.world.hadNoRoom(consumers.count({ id, caller, asked, used }, nowMs), id)
      book.arrive(id, nowMs, used)
    } else this.world.hadNoRoom(answer.refusedBy, id)
    await this.step(random.chance(troubles.hangUp) ? random.integer(1, 50) : random.integer(200, 6_000))
    await this.#stall(granted)
    await settleAnswered(this, granted, { answer, used })
  }

  /** Sometimes pauses the process, perhaps after an extension that may be too short. */
  async #stall({ reservationId }: Granted): Promise<void> {
    const { plan, random } = this.world
    if (!random.chance(plan.troubles.stall)) return
    if (random.chance(0.5)) await this.#extend(reservationId)
    await this.step(random.pick(plan.ttlMs / 2, plan.ttlMs + 1_000, 10 * plan.ttlMs, 13 * 3_600_000))
  }

  /** A late extension fails without consequence: the call continues. */
  async #extend(reservationId: string): Promise<void> {
    const { ttlMs } = this.world.plan
    try {
      await this.insist(() => this.service.extend({ reservationId, ttlMs }))
    } catch (error) {
      if (!(error instanceof QuotaError) || error.code !== 'ALREADY_SETTLED') throw error
    }
  }

  /** Draws the usage: within the reservation unless the call overruns it. */
  #drawUse(reserved: Counts): Counts {
    const { plan, random } = this.world
    const most = reserved.outputTokenCount * (random.chance(plan.troubles.overrun) ? 3 : 1)
    return { ...reserved, outputTokenCount: random.integer(Math.min(1, most), most) }
  }
}
