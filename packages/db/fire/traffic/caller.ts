import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type AcquireAnswer,
  type Counts,
  type QuotaTracker,
  type ReserveAnswer,
  strategies,
} from '@quotakeeper/quota-core'
import type { Random } from '../random.js'
import type { Action, Answered } from './journal-entry.js'
import type { JournalFile } from './journal-file.js'
import { randomCounts, spentOf } from './random-counts.js'
import { untilAnswered } from './until-answered.js'
import { providers } from './world.js'

/** What a caller works with. */
export interface CallerTools {
  readonly caller: number
  readonly tracker: QuotaTracker
  readonly random: Random
  readonly journal: JournalFile
  /** How long a pretended call to a vendor takes at most. */
  readonly maxVendorMs: number
}

const names = providers.map(provider => provider.name) as [string, ...string[]] // there are five
const models = ['llama-a', 'llama-b', 'other'] as const

/** One request of a client, from its reservation to whatever becomes of it; or a record. */
export async function serveOne(tools: CallerTools): Promise<void> {
  const { random } = tools
  if (random.chance(0.12)) return record(tools)
  const granted = random.chance(0.2) ? await acquire(tools) : await reserve(tools)
  if (granted === null) return
  note(tools, { action: 'dispatch', id: granted.id })
  await pause(random.between(0, tools.maxVendorMs))
  const fate = random.next()
  // Never settled: it expires.
  if (fate < 0.05) return
  if (fate < 0.15) return release(tools, granted.id)
  if (fate < 0.22) await extend(tools, granted.id)
  // Late: it is committed after its end.
  if (fate > 0.985) await pause(granted.ttlMs + 100)
  return commit(tools, granted)
}

interface GrantedCall {
  readonly id: string
  readonly counts: Counts
  readonly ttlMs: number
}

async function reserve(tools: CallerTools): Promise<GrantedCall | null> {
  const { random, tracker } = tools
  const counts = randomCounts(random)
  const request = { id: randomUUID(), ...counts, ...randomRequest(random), providerName: random.pick(names) }
  note(tools, { action: 'reserve', id: request.id, counts })
  const outcome = await untilAnswered(() => tracker.reserve(request))
  return granted(tools, { action: 'reserve', id: request.id, ttlMs: request.ttlSeconds * 1_000 }, outcome)
}

async function acquire(tools: CallerTools): Promise<GrantedCall | null> {
  const { random, tracker } = tools
  const counts = randomCounts(random)
  const request = { id: randomUUID(), ...counts, ...randomRequest(random), strategy: random.pick(strategies) }
  note(tools, { action: 'acquire', id: request.id, counts })
  const outcome = await untilAnswered(() => tracker.acquire(request))
  return granted(tools, { action: 'acquire', id: request.id, ttlMs: request.ttlSeconds * 1_000 }, outcome)
}

async function commit(tools: CallerTools, { id, counts }: GrantedCall): Promise<void> {
  const spent = spentOf(tools.random, counts)
  note(tools, { action: 'commit', id, counts: spent })
  await settled(tools, { action: 'commit', id }, () => tools.tracker.commit({ reservationId: id, ...spent }))
}

async function release(tools: CallerTools, id: string): Promise<void> {
  note(tools, { action: 'release', id })
  await settled(tools, { action: 'release', id }, () => tools.tracker.release(id))
}

async function extend(tools: CallerTools, id: string): Promise<void> {
  note(tools, { action: 'extend', id })
  const ttlSeconds = tools.random.between(1, 2)
  const outcome = await untilAnswered(() => tools.tracker.extend({ reservationId: id, ttlSeconds }))
  const { answer } = outcome
  answered(tools, outcome, {
    action: 'extend',
    id,
    result: answer.ok ? 'done' : answer.code,
    ...(answer.ok ? { expiresAt: answer.value.expiresAt } : {}),
  })
}

async function record(tools: CallerTools): Promise<void> {
  const counts = randomCounts(tools.random)
  const id = randomUUID()
  const providerName = tools.random.pick(names)
  note(tools, { action: 'record', id, counts })
  const usage = { ...counts, id, model: tools.random.pick(models), consumer: 'team' }
  await settled(tools, { action: 'record', id }, () => tools.tracker.recordUsage(providerName, usage))
}

async function settled(
  tools: CallerTools,
  step: { readonly action: Action; readonly id: string },
  call: () => Promise<unknown>,
): Promise<void> {
  const outcome = await untilAnswered(call)
  answered(tools, outcome, { ...step, result: outcome.answer.ok ? 'done' : outcome.answer.code })
}

function granted(
  tools: CallerTools,
  { ttlMs, ...step }: { readonly action: Action; readonly id: string; readonly ttlMs: number },
  outcome: Awaited<ReturnType<typeof untilAnswered<ReserveAnswer | AcquireAnswer>>>,
): GrantedCall | null {
  const { answer } = outcome
  const grant = answer.ok && answer.value.decision === 'granted' ? answer.value : null
  const result = answer.ok ? answer.value.decision : answer.code
  const reported =
    grant === null
      ? {}
      : { providerName: grant.providerName, counts: grant.counts, expiresAt: grant.expiresAt }
  answered(tools, outcome, { ...step, result, ...reported })
  return grant === null ? null : { id: step.id, counts: grant.counts, ttlMs }
}

function note(
  { journal, caller }: CallerTools,
  step: { readonly action: Action; readonly id: string; readonly counts?: Counts },
): void {
  journal.write({ entry: 'asked', caller, ...step })
}

function answered(
  { journal, caller }: CallerTools,
  { unavailable, longestCallMs }: { readonly unavailable: number; readonly longestCallMs: number },
  answer: Omit<Answered, 'entry' | 'caller' | 'unavailable' | 'longestCallMs'>,
): void {
  journal.write({ entry: 'answered', caller, ...answer, unavailable, longestCallMs })
}

function randomRequest(random: Random): { readonly model: string; readonly ttlSeconds: number } {
  return { model: random.pick(models), ttlSeconds: random.between(1, 3) }
}
