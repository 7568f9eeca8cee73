import { KeyLine } from './key-line.js'
import { ReadyList } from './ready-list.js'

/**
 * How commands are run: `usual` ones share batches with all others; those that met a lock run `apart`, with none but
 * the commands that follow them on their keys; those that met it again are `slow`.
 */
export type Pace = 'usual' | 'apart' | 'slow'

/**
 * `call`: shares its batch. `alone`: has one of its own. `unknown`: some of its keys are not known yet, and it shares its
 * batch with others like it; among calls, it would send them back whenever its keys turn out to be another's.
 */
export type Kind = 'call' | 'alone' | 'unknown'

/** What a command needs: it waits for the batches that have one of its keys. */
export interface Need {
  /** Each once. */
  readonly keys: readonly string[]
  readonly kind: Kind
  readonly pace: Pace
}

/** A command in the schedule, and its position there. */
export interface Turn<Item> extends Need {
  readonly item: Item
  /** Of its keys, in their order. */
  readonly lines: readonly Line<Item>[]
  /** Rises with each command: earlier ones go first. */
  readonly order: number
  /** For how many of its keys it is the first, with no batch running. */
  clearCount: number
  isReady: boolean
  isListed: boolean
}

type Line<Item> = KeyLine<Turn<Item>, Running<Item>>

/** Which lane a batch takes. */
type Lane = 'calls' | 'apart' | 'alone' | 'unknown' | 'slow'

/** Commands that run together. */
export interface Batch<Item> {
  /** In the order in which they came. */
  readonly turns: readonly Turn<Item>[]
  readonly pace: Pace
  /** Whether all of them are connected by their keys. */
  readonly isOnePart: boolean
}

interface Running<Item> extends Batch<Item> {
  readonly turns: Turn<Item>[]
  /** Of the keys that it has. */
  readonly lines: Line<Item>[]
  readonly lane: Lane
  readonly startedAtMs: number
  isOnePart: boolean
}

/** Bounds of a schedule. */
export interface ScheduleBounds {
  readonly maxInBatch: number
  readonly maxRunning: number
  /** How long a batch of calls runs until a second one may start beside it. */
  readonly openAfterMs: number
}

/**
 * Which commands may start, given those that run. A key belongs to one batch at a time, and goes to the commands that
 * need it in their order: a command starts when it is the first to wait for each of its keys, or all that are before it
 * are in the same batch. So no command is overtaken on a key, and one with many keys waits no longer than for those
 * before it. It knows neither time nor database.
 */
export class Schedule<Item> {
  readonly #bounds: ScheduleBounds
  readonly #lines = new Map<string, Line<Item>>()
  /** Those that no key keeps from starting, by the lane that they take, in the order in which they became so. */
  readonly #ready: Readonly<Record<Lane, ReadyList<Turn<Item>>>> = {
    calls: new ReadyList(),
    apart: new ReadyList(),
    alone: new ReadyList(),
    unknown: new ReadyList(),
    slow: new ReadyList(),
  }
  readonly #running = new Set<Running<Item>>()
  #waitingCount = 0
  #orders = 0

  constructor(bounds: ScheduleBounds) {
    this.#bounds = bounds
  }

  /** How many commands wait. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  /** Whether nothing waits or runs. */
  get isIdle(): boolean {
    return this.#waitingCount === 0 && this.#running.size === 0
  }

  /** How many commands wait for a key. */
  waitingFor(key: string): number {
    return this.#lines.get(key)?.length ?? 0
  }

  /** Adds a command behind all others. */
  add(item: Item, need: Need): void {
    this.#enter(item, this.#orders++, need)
  }

  /** Starts the batch whose turn it is; null where none may start now. */
  start(nowMs: number): Batch<Item> | null {
    const lane = this.#nextLane(nowMs)
    if (lane === null) return null
    const batch: Running<Item> = {
      turns: [],
      lines: [],
      pace: lane === 'slow' || lane === 'apart' ? lane : 'usual',
      isOnePart: true,
      lane,
      startedAtMs: nowMs,
    }
    this.#fill(batch)
    this.#running.add(batch)
    return batch
  }

  /** When the next batch may start though none that runs ends before; null where time changes nothing. */
  startsAtMs(): number | null {
    if (this.#ready.calls.first === undefined || this.#running.size >= this.#bounds.maxRunning) return null
    return this.#callsOpenAtMs()
  }

  /** Gives a running batch further keys; false where others have them, or wait for them since before its last command. */
  claim(batch: Batch<Item>, keys: readonly string[]): boolean {
    const running = this.#runningOf(batch)
    const lastOrder = running.turns.at(-1)?.order ?? -1
    for (const key of keys) {
      const line = this.#lines.get(key)
      if (line === undefined || line.owner === running) continue
      if (line.owner !== null || (line.first?.order ?? Number.POSITIVE_INFINITY) < lastOrder) return false
    }
    for (const key of keys) {
      const line = this.#lineOf(key)
      if (line.owner === running) continue
      if (line.first !== undefined) this.#unclear(line.first)
      line.owner = running
      running.lines.push(line)
    }
    return true
  }

  /** The keys that a running batch has. */
  keysOf(batch: Batch<Item>): readonly string[] {
    return this.#runningOf(batch).lines.map(({ key }) => key)
  }

  /** Ends a batch. Those of its commands that are still to run return to their positions, with what they need now. */
  end(
    batch: Batch<Item>,
    returned: readonly { readonly turn: Turn<Item>; readonly need: Need }[] = [],
  ): void {
    const running = this.#runningOf(batch)
    this.#running.delete(running)
    for (const line of running.lines) {
      const { first } = line
      line.owner = null
      if (first === undefined) this.#lines.delete(line.key)
      else this.#clear(first)
    }
    for (const { turn, need } of returned) this.#enter(turn.item, turn.order, need)
  }

  /** Gives commands that wait for a key new needs, at their positions; null leaves one as it is. */
  revise(key: string, needOf: (turn: Turn<Item>) => Need | null): void {
    for (const turn of this.#lines.get(key)?.all ?? []) {
      const need = needOf(turn)
      if (need === null) continue
      for (const line of turn.lines) this.#leave(line, turn)
      turn.isReady = false
      this.#waitingCount--
      this.#enter(turn.item, turn.order, need)
    }
  }

  /** Takes everything out that waits, in order. What runs goes on. */
  takeWaiting(): readonly Item[] {
    const turns = new Set<Turn<Item>>()
    for (const ready of Object.values(this.#ready)) {
      for (let turn = ready.shift(); turn !== undefined; turn = ready.shift()) turns.add(turn)
    }
    for (const line of this.#lines.values()) {
      for (const turn of line.takeAll()) turns.add(turn)
      if (line.owner === null) this.#lines.delete(line.key)
    }
    this.#waitingCount = 0
    return [...turns].sort(byOrder).map(({ item }) => item)
  }

  /** The lane whose first command has waited longest, of those that have room. */
  #nextLane(nowMs: number): Lane | null {
    if (this.#running.size >= this.#bounds.maxRunning) return null
    let next: Lane | null = null
    let order = Number.POSITIVE_INFINITY
    for (const lane of lanes) {
      const { first } = this.#ready[lane]
      if (first === undefined || first.order > order || !this.#hasRoom(lane, nowMs)) continue
      next = lane
      order = first.order
    }
    return next
  }

  /** What may take long leaves a lane to the calls. */
  #hasRoom(lane: Lane, nowMs: number): boolean {
    switch (lane) {
      case 'calls':
        return nowMs >= this.#callsOpenAtMs()
      case 'apart':
        return true
      case 'alone':
        return this.#leavesRoom && this.#countOf(lane) < Math.max(1, this.#bounds.maxRunning - 2)
      case 'unknown':
        return this.#countOf(lane) === 0
      case 'slow':
        return this.#leavesRoom && this.#countOf(lane) === 0
    }
  }

  get #leavesRoom(): boolean {
    return this.#countOf('alone') + this.#countOf('slow') < Math.max(1, this.#bounds.maxRunning - 1)
  }

  #countOf(lane: Lane): number {
    let count = 0
    for (const running of this.#running) if (running.lane === lane) count++
    return count
  }

  #callsOpenAtMs(): number {
    let atMs = Number.NEGATIVE_INFINITY
    for (const { lane, startedAtMs } of this.#running)
      if (lane === 'calls') atMs = Math.max(atMs, startedAtMs + this.#bounds.openAfterMs)
    return atMs
  }

  /** Takes the commands that are ready, and those that wait for none but these: of each part one after the other. */
  #fill(batch: Running<Item>): void {
    const { maxInBatch } = this.#bounds
    const next: Turn<Item>[] = []
    const maxRoots = isShared(batch.lane) ? maxInBatch : 1
    while (next.length < maxRoots) {
      const root = this.#ready[batch.lane].shift()
      if (root === undefined) break
      next.push(root)
    }
    batch.isOnePart = next.length === 1
    for (const turn of next) {
      if (batch.turns.length >= maxInBatch) break
      this.#take(batch, turn, next)
    }
    // The command that is first on a key by now waits for this batch.
    for (const { first } of batch.lines) if (first !== undefined) first.clearCount--
    batch.turns.sort(byOrder)
  }

  /** Takes a command into a batch; those that waited for none but the batch's commands are `next`. */
  #take(batch: Running<Item>, turn: Turn<Item>, next: Turn<Item>[]): void {
    batch.turns.push(turn)
    this.#waitingCount--
    for (const line of turn.lines) {
      line.shift()
      if (line.owner !== batch) batch.lines.push(line)
      line.owner = batch
      const { first } = line
      if (first === undefined) continue
      first.clearCount++
      if (first.clearCount === first.lines.length && mayFollow(batch, first)) next.push(first)
    }
  }

  /** At its position by order: at the end, unless it has been in a batch before. */
  #enter(item: Item, order: number, { keys, kind, pace }: Need): void {
    const lines = keys.map(key => this.#lineOf(key))
    const turn: Turn<Item> = {
      item,
      order,
      keys,
      lines,
      kind,
      pace,
      clearCount: 0,
      isReady: false,
      isListed: false,
    }
    this.#waitingCount++
    for (const line of lines) {
      const former = line.first
      line.insert(turn)
      if (line.owner !== null || line.first !== turn) continue
      turn.clearCount++
      if (former !== undefined) this.#unclear(former)
    }
    if (turn.clearCount === turn.lines.length) this.#ready[laneOf(turn)].add(turn)
  }

  #leave(line: Line<Item>, turn: Turn<Item>): void {
    const wasFirst = line.first === turn
    line.remove(turn)
    const { first, owner } = line
    if (owner !== null) return
    if (first === undefined) this.#lines.delete(line.key)
    else if (wasFirst) this.#clear(first)
  }

  #clear(turn: Turn<Item>): void {
    turn.clearCount++
    if (turn.clearCount === turn.lines.length) this.#ready[laneOf(turn)].add(turn)
  }

  #unclear(turn: Turn<Item>): void {
    turn.isReady = false
    turn.clearCount--
  }

  #lineOf(key: string): Line<Item> {
    const known = this.#lines.get(key)
    if (known !== undefined) return known
    const line: Line<Item> = new KeyLine(key)
    this.#lines.set(key, line)
    return line
  }

  #runningOf(batch: Batch<Item>): Running<Item> {
    for (const running of this.#running) if (running === batch) return running
    throw new Error('this batch is not running')
  }
}

const lanes: readonly Lane[] = ['calls', 'apart', 'alone', 'unknown', 'slow']

/** Whether batches of this lane are of whatever parts. */
function isShared(lane: Lane): boolean {
  return lane === 'calls' || lane === 'unknown'
}

function laneOf({ kind, pace }: Need): Lane {
  if (pace === 'slow') return 'slow'
  if (kind !== 'call') return kind
  return pace === 'apart' ? 'apart' : 'calls'
}

/** Whether a command may join a batch that has begun with others. */
function mayFollow({ lane, turns: [first] }: Running<unknown>, need: Need): boolean {
  if (need.kind === 'alone' || need.kind !== first?.kind) return false
  return lane === 'slow' || need.pace === 'usual' || (need.pace === 'apart' && lane !== 'calls')
}

function byOrder(left: { readonly order: number }, right: { readonly order: number }): number {
  return left.order - right.order
}
