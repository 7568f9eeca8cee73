import type { Limit } from '@quotakeeper/quota-core'
import fc from 'fast-check'
import { randomLimitsOfKey, randomLimitsOfTeam } from './random-limits.js'
import { providerNames, type RandomStep, randomStep, teamNames } from './random-steps.js'

/** Zone and limits of a pool, a provider or a team. */
export interface RandomOwner {
  readonly timeZone: string
  readonly limits: readonly Limit[]
}

export interface RandomMove {
  readonly step: RandomStep
  /** Clock movement before the step. */
  readonly tickMs: number
}

export interface RandomWorld {
  readonly startMs: number
  readonly dayStartsAt: string
  readonly monthStartsOn: number
  readonly pool: RandomOwner
  readonly providers: readonly RandomOwner[]
  readonly teams: readonly RandomOwner[]
  readonly moves: readonly RandomMove[]
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const ticksForward = [0, 0, 1, 1_000, 30_000, 5 * minuteMs, hourMs, 5 * hourMs, 13 * hourMs, 26 * hourMs]
const ticksBack = [-1, -hourMs, -30 * hourMs]

/** Days with and without changes of clocks. */
const starts = [
  '2026-11-01T05:00:00Z', // Los Angeles sets the clock back
  '2027-03-14T07:00:00Z', // Los Angeles sets it forward
  '2026-10-03T12:00:00Z', // Lord Howe sets it forward by half an hour
  '2027-03-27T19:00:00Z', // Beirut skips midnight
  '2026-11-25T12:00:00.123Z',
  '2026-12-31T09:59:59.999Z', // Kiritimati's year begins
].map(text => Date.parse(text))

const zones = [
  'UTC',
  'America/Los_Angeles',
  'Australia/Lord_Howe',
  'Asia/Beirut',
  'Pacific/Kiritimati',
  'Asia/Kathmandu',
]

function owner(limits: fc.Arbitrary<readonly Limit[]>): fc.Arbitrary<RandomOwner> {
  return fc.record({ timeZone: fc.constantFrom(...zones), limits })
}

function owners(
  { length }: readonly string[],
  limits: fc.Arbitrary<readonly Limit[]>,
): fc.Arbitrary<readonly RandomOwner[]> {
  return fc.array(owner(limits), { minLength: length, maxLength: length })
}

/** Generates runs. `jumpsBack`: whether the clock may jump back. */
export function randomWorld({ jumpsBack }: { readonly jumpsBack: boolean }): fc.Arbitrary<RandomWorld> {
  const tickMs = fc.constantFrom(...ticksForward, ...(jumpsBack ? ticksBack : []))
  return fc.record({
    startMs: fc.constantFrom(...starts),
    dayStartsAt: fc.constantFrom('00:00', '00:00', '05:00'),
    monthStartsOn: fc.constantFrom(1, 1, 15, 31),
    pool: owner(randomLimitsOfKey),
    providers: owners(providerNames, randomLimitsOfKey),
    teams: owners(teamNames, randomLimitsOfTeam),
    moves: fc.array(fc.record({ step: randomStep, tickMs }), { minLength: 1, maxLength: 40, size: 'max' }),
  })
}
