import {
  type AcquireAnswer,
  type Counts,
  type Granted,
  noCounts,
  QuotaError,
  QuotaService,
} from '@quotakeeper/quota-core'
import { Connection } from './connection.js'
import { settleAnswered, settleUnsent } from './settle-call.js'
import type { Actor } from './timeline.js'
import type { World } from './world.js'

/** How often a message is repeated before it is given up. */
const maxTries = 5

/** A process that asks for quota, calls a vendor and says what was used, until it crashes. */
export class OrchestratorProcess implements Actor {
  isAlive = true
  readonly world: World
  readonly connection: Connection
  readonly service: QuotaService
  /** In a row. */
  #denialCount = 0

  constructor(world: World) {
    this.world = world
    this.connection = new Connection(world, waitMs => this.step(waitMs))
    this.service = new QuotaService({ store: this.connection, newId: () => world.newId() })
  }

  /** Starts after some time; whoever crashes is followed by another, which knows nothing of it. */
  static start(world: World, waitMs: number): void {
    const process = new OrchestratorProcess(world)
    world.timeline.start(waitMs, process, () => process.#live())
  }

  /** Waits, unless this is where it crashes. */
  step(waitMs: number): Promise<void> {
    const { figures, plan, random, timeline } = this.world
    if (!random.chance(plan.troubles.crash)) return timeline.sleep(waitMs, this)
    figures.crashCount++
    OrchestratorProcess.start(this.world, random.integer(100, 5_000))
    return timeline.die(this)
  }

  /** Says it again, with the same ids, while it is unknown whether it has landed. Undefined if never. */
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
      const answer = await this.#acquire()
      if (answer === undefined) continue
      if (answer.decision === 'denied') {
        await this.step(this.#waitMs(answer))
        continue
      }
      this.#denialCount = 0
      await this.#call(answer)
    }
  }

  /** Undefined when it is given up: what may have been reserved expires. */
  async #acquire(): Promise<AcquireAnswer | undefined> {
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
      consumer: '',
      ttlMs: plan.ttlMs,
    }
    try {
      return await this.insist(() => this.service.acquire(request))
    } catch (error) {
      if (error instanceof QuotaError && error.code === 'ID_REUSED') return undefined
      throw error
    }
  }

  /** Until it may be worth to ask again: sooner while calls are in flight, which may give back some. */
  #waitMs({ retryAt }: { readonly retryAt: string | null }): number {
    const { book, plan, random, timeline } = this.world
    if (retryAt === null) return random.integer(60_000, plan.pace === 'minutes' ? 120_000 : 7_200_000)
    const waitMs = Date.parse(retryAt) - timeline.storeMs
    if (book.open.size === 0) return waitMs
    this.#denialCount++
    // Longer each time: a clock that is set back may keep a reservation for a day.
    return Math.min(waitMs, Math.ceil(random.integer(2_000, 6_000) * 1.5 ** this.#denialCount))
  }

  async #call(granted: Granted): Promise<void> {
    const { book, figures, plan, random, timeline, vendors } = this.world
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
    if (answer.accepted) book.arrive(id, nowMs, used)
    else this.world.refused(answer, id)
    await this.step(random.chance(troubles.hangUp) ? random.integer(1, 50) : random.integer(200, 6_000))
    await this.#stall(granted)
    await settleAnswered(this, granted, { answer, used })
  }

  /** Sometimes a process is paused; it may have asked for more time, too little or enough. */
  async #stall({ reservationId }: Granted): Promise<void> {
    const { plan, random } = this.world
    if (!random.chance(plan.troubles.stall)) return
    if (random.chance(0.5)) await this.#extend(reservationId)
    await this.step(random.pick(plan.ttlMs / 2, plan.ttlMs + 1_000, 10 * plan.ttlMs, 13 * 3_600_000))
  }

  /** Too late is no matter: the call goes on without. */
  async #extend(reservationId: string): Promise<void> {
    const { ttlMs } = this.world.plan
    try {
      await this.insist(() => this.service.extend({ reservationId, ttlMs }))
    } catch (error) {
      if (!(error instanceof QuotaError) || error.code !== 'ALREADY_SETTLED') throw error
    }
  }

  /** Within what was reserved, unless the call overruns it. */
  #drawUse(reserved: Counts): Counts {
    const { plan, random } = this.world
    const most = reserved.outputTokenCount * (random.chance(plan.troubles.overrun) ? 3 : 1)
    return { ...reserved, outputTokenCount: random.integer(Math.min(1, most), most) }
  }
}
