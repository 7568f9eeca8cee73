import {
  type AcquireCommand,
  type Command,
  type Outcome,
  openCandidates,
  QuotaError,
  type SubjectRef,
  uniqueSubjects,
} from '@quotakeeper/quota-core'
import { concernsAll, isOfLocks } from '../failures.js'
import { keyOf, needOf } from './command-need.js'
import { LockedError } from './locked-error.js'
import { LockedSubjects } from './locked-subjects.js'
import { type Batch, type Need, type Pace, Schedule, type Turn } from './schedule.js'
import { outcomeOfParts, partsOfExpiry } from './split-expiry.js'
import { subjectsOfLists } from './subjects-of-lists.js'

/** Bounds of lanes. */
export interface LaneBounds {
  readonly maxLanes: number
  readonly maxInBatch: number
  readonly maxQueued: number
  /** So that one subject, however slow, does not fill the queue. */
  readonly maxQueuedOfSubject: number
}

/** Commands to run together, and what they may touch. */
export interface CommandBatch {
  readonly commands: readonly Command[]
  /** The subjects that they probably concern. They are this batch's alone. */
  readonly subjects: readonly SubjectRef[]
  /** The same, of each of the commands. */
  readonly guesses: readonly (readonly SubjectRef[])[]
  /** Makes further subjects this batch's; false where another batch has them, or an earlier command waits for them. */
  readonly claim: (subjects: readonly SubjectRef[]) => boolean
  /** Whether it waits long for locks, since it has met one before. Else it fails soon: see {@link isOfLocks}. */
  readonly isSlow: boolean
  /** How long the one that came first has waited for its turn, in milliseconds. */
  readonly waitedMs: number
}

/** A batch needs subjects that are not its own: nothing has been written. */
export interface Short {
  /** What each of the commands concerns. */
  readonly needed: readonly (readonly SubjectRef[])[]
}

/** How batches are run. */
export interface LaneWork {
  /** An outcome for each command, in order, or what they need besides. */
  run(batch: CommandBatch): Promise<readonly Outcome[] | Short>
  /** The subjects that a command probably concerns. */
  subjectsOf(command: Command): readonly SubjectRef[]
  /** Those of the subjects whose rows other sessions have locked now. Never rejects: where it fails, none is. */
  findLocked(subjects: readonly SubjectRef[]): Promise<readonly SubjectRef[]>
  /** The choice without the candidates whose subjects are locked; see `withoutBusy`. */
  withoutLocked(asked: AcquireCommand, isLocked: (subject: SubjectRef) => boolean): AcquireCommand
  /** Called with the error that callers get who have waited in vain for a lock. */
  onLocked(error: QuotaError): void
}

/** A command, and its caller. */
interface Waiting {
  readonly asked: Command
  /** The same, without candidates whose quota other sessions have locked. */
  command: Command
  readonly list: number | null
  readonly sinceMs: number
  subjects: readonly SubjectRef[]
  /** How often it has needed other subjects than was thought. */
  shortCount: number
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Commands that return to their positions in the queue, with what they need now. */
type Returned = readonly { readonly turn: Turn<Waiting>; readonly need: Need }[]

/** How long the commands of a batch that has failed are tried one by one. */
const longestSinglyMs = 5_000
/** How long a command waits, others before it included, that depends on a lock of others. */
const maxLockedMs = 5_000
/** With more subjects that have met locks, all are dropped: it costs another wait, no error. */
const maxLocked = 10_000
/** How often a command may need other subjects than it was thought to. */
const maxShort = 8
/**
 * How long calls run until others may start beside them. With 64 callers of as many providers, a reservation and its
 * settlement took 92 µs of this process's time so, and 102 where others might start at once.
 */
const openAfterMs = 10

/**
 * Runs commands in batches, some at once: see {@link Schedule} for which. Those that arrive while nothing else can run
 * form the next batch. A lone command leaves at once, and the busier the store is, the more commands share a transaction.
 */
export class CommandLanes {
  readonly #work: LaneWork
  readonly #bounds: LaneBounds
  readonly #schedule: Schedule<Waiting>
  /** The subjects of parts that have met a lock, until a batch of theirs succeeds: other commands must not meet it with them. */
  readonly #lockMet = new Set<string>()
  readonly #locked: LockedSubjects
  #lists = 0
  #isStarting = false
  #timer: NodeJS.Timeout | null = null
  #whenIdle: (() => void)[] = []

  constructor(work: LaneWork, bounds: LaneBounds) {
    this.#work = work
    this.#bounds = bounds
    this.#locked = new LockedSubjects(subjects => work.findLocked(subjects))
    const { maxInBatch, maxLanes: maxRunning } = bounds
    this.#schedule = new Schedule({ maxInBatch, maxRunning, openAfterMs })
  }

  /** A number that commands are given to be carried out in the order in which they come. */
  newList(): number {
    return this.#lists++
  }

  /**
   * @param list as {@link newList} gave it; null for a command that depends on no other
   * @throws QuotaError STORE_UNAVAILABLE when too many are waiting, or when a batch has found the store so; and
   *   what the batch throws.
   */
  execute(asked: Command, list: number | null): Promise<Outcome> {
    // Only an acquire can skip locked candidates. One in a list is not decided again: that would change the order.
    return asked.type === 'acquire' && list === null ? this.#choose(asked) : this.#enter(asked, list)
  }

  async #choose(asked: AcquireCommand): Promise<Outcome> {
    const outcome = await this.#enter(asked, null)
    const left = busyIn(outcome)
    if (left.length === 0) return outcome
    // A denial counts only if those that were left out are still locked: one of them may have room.
    const locked = await this.#locked.look(left)
    return locked.length < left.length ? this.#enter(asked, null) : outcome
  }

  #enter(asked: Command, list: number | null): Promise<Outcome> {
    const command = this.#withoutLocked(asked)
    const subjects = this.#work.subjectsOf(command)
    const full = this.#fullFor(subjects)
    if (full !== null) return Promise.reject(new QuotaError('STORE_UNAVAILABLE', full))
    return new Promise((resolve, reject) => {
      const sinceMs = performance.now()
      const waiting = { asked, command, list, sinceMs, subjects, shortCount: 0, resolve, reject }
      this.#schedule.add(waiting, needOf(command, subjects, { list, pace: this.#paceOf(subjects) }))
      this.#startSoon()
    })
  }

  /** Resolves when everything that was accepted has been answered. */
  async drained(): Promise<void> {
    if (this.#schedule.isIdle) return
    await new Promise<void>(resolve => {
      this.#whenIdle.push(resolve)
    })
  }

  #paceOf(subjects: readonly SubjectRef[]): Pace {
    if (this.#lockMet.size === 0) return 'usual'
    return subjects.some(subject => this.#lockMet.has(keyOf(subject))) ? 'apart' : 'usual'
  }

  /** Why no further command may wait for these subjects; null where one may. */
  #fullFor(subjects: readonly SubjectRef[]): string | null {
    const { maxQueued, maxQueuedOfSubject } = this.#bounds
    if (this.#schedule.waitingCount >= maxQueued)
      return `${maxQueued} commands are already waiting for the database; try again shortly`
    if (this.#schedule.waitingCount < maxQueuedOfSubject) return null
    for (const subject of subjects) {
      if (this.#schedule.waitingFor(keyOf(subject)) < maxQueuedOfSubject) continue
      return `${maxQueuedOfSubject} commands are waiting for ${subject.kind} "${subject.name}" already; try again shortly`
    }
    return null
  }

  /**
   * After everything that is ready has run: callers that were just answered ask again at once, and would otherwise be
   * split over two batches.
   */
  #startSoon(): void {
    if (this.#isStarting) return
    this.#isStarting = true
    setImmediate(() => {
      this.#isStarting = false
      this.#start()
    })
  }

  #start(): void {
    for (;;) {
      const batch = this.#schedule.start(performance.now())
      if (batch === null) break
      void this.#carryOut(batch)
    }
    const atMs = this.#schedule.startsAtMs()
    if (atMs === null || this.#timer !== null) return
    this.#timer = setTimeout(
      () => {
        this.#timer = null
        this.#start()
      },
      Math.max(1, Math.ceil(atMs - performance.now())),
    )
  }

  async #carryOut(batch: Batch<Waiting>): Promise<void> {
    const returned = await this.#runBatch(batch)
    this.#schedule.end(batch, returned)
    if (!this.#schedule.isIdle) {
      this.#startSoon()
      return
    }
    for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  /** Answers the commands of a batch, but for those that it returns. */
  async #runBatch(batch: Batch<Waiting>): Promise<Returned> {
    const turns = batch.pace === 'usual' ? batch.turns : this.#refuseLate(batch)
    if (turns.length === 0) return []
    const ended = await this.#tryAnswering(batch, turns)
    if (ended === 'answered') return []
    if ('returned' in ended) return ended.returned
    const { error } = ended
    const isOfOwnLocks = isOfLocks(error, { isSlow: batch.pace === 'slow' })
    if (concernsAll(error) && !isOfOwnLocks) {
      // Commands behind it would wait as long again, batch after batch: 4,000 callers of a database that
      // did not answer failed after up to 13.5 s instead of 7.
      for (const { item } of turns) item.reject(error)
      for (const waiting of this.#schedule.takeWaiting()) waiting.reject(error)
      return []
    }
    if (isOfOwnLocks) {
      this.#refuseLocked(turns, error)
      return []
    }
    if (turns.length === 1) {
      for (const { item } of turns) item.reject(error)
      return []
    }
    // One of them cannot be carried out, and it is not known which: the others must not fail with it.
    return this.#runSingly(batch, turns)
  }

  /** Each alone, for a while. Commands that have had no turn by then, or would fail in the same way, are refused. */
  async #runSingly(batch: Batch<Waiting>, turns: readonly Turn<Waiting>[]): Promise<Returned> {
    const deadlineMs = performance.now() + longestSinglyMs
    let cause: Error | null = null
    for (const [index, turn] of turns.entries()) {
      if (performance.now() > deadlineMs || concernsAll(cause)) {
        const message = 'the commands before this one failed; try again shortly'
        turn.item.reject(new QuotaError('STORE_UNAVAILABLE', message, { cause }))
        continue
      }
      const ended = await this.#tryAnswering(batch, [turn])
      if (ended === 'answered') continue
      // Those behind it may not overtake it.
      if ('returned' in ended)
        return [...ended.returned, ...turns.slice(index + 1).map(rest => ({ turn: rest, need: rest }))]
      turn.item.reject(ended.error)
      cause = ended.error
    }
    return []
  }

  /** Runs commands of a batch and answers them; or says what becomes of them. */
  async #tryAnswering(
    batch: Batch<Waiting>,
    turns: readonly Turn<Waiting>[],
  ): Promise<'answered' | { readonly returned: Returned } | { readonly error: Error }> {
    const waiting = turns.map(({ item }) => item)
    const isSlow = batch.pace === 'slow' && !waiting.some(hasChoice)
    const guesses = waiting.map(({ subjects }) => subjects)
    try {
      const result = await this.#work.run({
        commands: waiting.map(({ command }) => command),
        subjects: subjectsOfLists(guesses),
        guesses,
        claim: subjects => this.#schedule.claim(batch, subjects.map(keyOf)),
        isSlow,
        waitedMs: performance.now() - (waiting[0]?.sinceMs ?? 0),
      })
      if ('needed' in result) return { returned: withMore(turns, result) }
      if (this.#lockMet.size > 0) this.#noteFree(this.#schedule.keysOf(batch))
      waiting.forEach(({ resolve, reject }, index) => {
        const outcome = result[index]
        if (outcome === undefined) reject(new Error('a batch has answered fewer outcomes than commands'))
        else resolve(outcome)
      })
      return 'answered'
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause))
      if (isSlow || !isOfLocks(error, { isSlow: false })) return { error }
      const isOnePart = batch.isOnePart || turns.length === 1
      return { returned: await this.#afterLock(turns, isOnePart ? 'slow' : 'apart') }
    }
  }

  /**
   * Finds which commands of a batch have met a lock: they take the slow lane, except choices that can do without. Where
   * none is found, since it was another lock, each part runs separately.
   *
   * @param pace of all, where none is found
   */
  async #afterLock(turns: readonly Turn<Waiting>[], pace: Pace): Promise<Returned> {
    for (const { item } of turns)
      item.subjects = uniqueSubjects([...item.subjects, ...this.#work.subjectsOf(item.asked)])
    const found = await this.#locked.look(uniqueSubjects(turns.flatMap(({ item }) => item.subjects)))
    const locked = new Set(found.map(keyOf))
    const returned = turns.flatMap(turn => {
      const { item } = turn
      const parts = partsOfExpiry(item.command)
      if (parts !== null) {
        this.#runParts(item, parts)
        return []
      }
      this.#leaveOutLocked(item)
      const own = item.subjects.filter(subject => locked.size === 0 || locked.has(keyOf(subject)))
      const ownPace = locked.size === 0 ? pace : own.length > 0 ? 'slow' : 'apart'
      if (ownPace === 'slow') this.#noteLocked(own)
      return [{ turn, need: needOf(item.command, item.subjects, { list: item.list, pace: ownPace }) }]
    })
    for (const key of locked) this.#schedule.revise(key, turn => this.#needWithoutLocked(turn))
    return returned
  }

  #withoutLocked(asked: Command): Command {
    if (asked.type !== 'acquire' || this.#locked.isEmpty) return asked
    return this.#work.withoutLocked(asked, subject => this.#locked.has(subject))
  }

  #leaveOutLocked(item: Waiting): void {
    if (item.asked.type !== 'acquire') return
    item.command = this.#withoutLocked(item.asked)
    item.subjects = this.#work.subjectsOf(item.command)
  }

  /** The need of a choice that waits behind commands that wait for a lock; null where it needs the lock, too. */
  #needWithoutLocked({ item, pace }: Turn<Waiting>): Need | null {
    const before = item.command
    this.#leaveOutLocked(item)
    return item.command === before ? null : needOf(item.command, item.subjects, { list: item.list, pace })
  }

  #noteLocked(subjects: readonly SubjectRef[]): void {
    if (this.#lockMet.size > maxLocked) this.#lockMet.clear()
    for (const subject of subjects) this.#lockMet.add(keyOf(subject))
  }

  #noteFree(keys: readonly string[]): void {
    for (const key of keys) {
      this.#lockMet.delete(key)
      this.#locked.delete(key)
    }
  }

  /**
   * Refuses commands that have waited too long for a lock of another session, and returns the rest. One that was in a
   * batch with them, and on a busy machine has waited as long, waits for no lock: it has its turn now.
   */
  #refuseLate({ turns, pace }: Batch<Waiting>): readonly Turn<Waiting>[] {
    const lateSinceMs = performance.now() - maxLockedMs
    const late = turns.filter(
      ({ item }) =>
        item.sinceMs <= lateSinceMs && (pace === 'slow' || this.#paceOf(item.subjects) === 'apart'),
    )
    this.#refuseLocked(late)
    return late.length === 0 ? turns : turns.filter(turn => !late.includes(turn))
  }

  #refuseLocked(turns: readonly Turn<Waiting>[], cause?: unknown): void {
    for (const [index, { item }] of turns.entries()) {
      const locked = uniqueSubjects(item.subjects).filter(subject => this.#lockMet.has(keyOf(subject)))
      const subjects = locked.length === 0 ? item.subjects : locked
      const error = new LockedError({ subjects, waitedMs: performance.now() - item.sinceMs }, cause)
      if (index === 0) this.#work.onLocked(error)
      item.reject(error)
    }
  }

  #runParts({ resolve, reject }: Waiting, parts: readonly Command[]): void {
    Promise.allSettled(parts.map(part => this.execute(part, null)))
      .then(outcomeOfParts)
      .then(resolve, reject)
  }
}

/** The subjects for whose locks a choice was denied that left them out. */
function busyIn(outcome: Outcome): readonly SubjectRef[] {
  if (!outcome.ok || !('skipped' in outcome.answer) || outcome.answer.decision === 'granted') return []
  const { reasons } = outcome.answer
  return uniqueSubjects(reasons.filter(({ code }) => code === 'busy').map(({ subject }) => subject))
}

/** Whether it may do without one of its subjects, should that be locked. */
function hasChoice({ command }: Waiting): boolean {
  return command.type === 'acquire' && openCandidates(command).length > 1
}

/** Commands with all the subjects that they have turned out to need; refused where that has changed too often. */
function withMore(turns: readonly Turn<Waiting>[], { needed }: Short): Returned {
  return turns.flatMap((turn, index) => {
    const { item, pace } = turn
    item.subjects = needed[index] ?? item.subjects
    const need = needOf(item.command, item.subjects, { list: item.list, pace })
    // The others of its batch are not at fault.
    if (need.keys.some(key => !turn.keys.includes(key))) item.shortCount++
    if (item.shortCount <= maxShort) return [{ turn, need }]
    const message = `the settings of what this command concerns changed in each of ${maxShort} tries; try again shortly`
    item.reject(new QuotaError('STORE_UNAVAILABLE', message))
    return []
  })
}
