import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Settlement } from '../settlement/settlement.js'
import type { Acquired } from './reserve-among.js'
import type { Candidate } from './resolve-model.js'
import { SpareReservation } from './spare-reservation.js'

/** Of a candidate, what is compared; of a reservation, what is settled. */
const candidateOf = (name: string): Candidate => ({ provider: { name }, model: 'm' }) as Candidate
const [silent, other] = [candidateOf('silent'), candidateOf('other')]

interface Reserving {
  readonly spare: SpareReservation
  /** How what was reserved is settled. */
  readonly settled: Settlement[]
  readonly asked: Candidate[][]
  /** Grants a reservation at the first candidate. */
  readonly grant: (candidates: readonly Candidate[]) => Promise<Acquired>
}

function startReserving(): Reserving {
  const settled: Settlement[] = []
  const asked: Candidate[][] = []
  const slot = { settle: (settlement: () => Settlement) => settled.push(settlement()) }
  const granted = { reservationId: 'r1' }
  const grant = async (candidates: readonly Candidate[]): Promise<Acquired> => {
    asked.push([...candidates])
    return { kind: 'granted', candidate: candidates[0], granted, slot, price: null } as unknown as Acquired
  }
  return { spare: new SpareReservation(pino({ level: 'silent' })), settled, asked, grant }
}

const denied: Acquired = { kind: 'denied', rejections: [] }

test('is made at another candidate of the first group with room, and taken by the group that has it', async () => {
  const { spare, settled, asked, grant } = startReserving()
  spare.begin(silent)
  expect(await spare.reserve([[silent], [silent, other]], grant)).toBe(true)
  expect(asked).toEqual([[other]])
  expect(spare.take([silent])).toBeNull()
  expect(spare.take([candidateOf('other')])?.candidate).toBe(other)
  spare.release()
  expect(settled).toEqual([])
})

test('is released if nobody takes it, or its call has ended while it was made', async () => {
  const { spare, settled, grant } = startReserving()
  const end = spare.begin(silent)
  expect(await spare.reserve([[other]], grant)).toBe(true)
  spare.release()
  expect(settled).toEqual([{ kind: 'release', reservationId: 'r1' }])
  const reserving = spare.reserve([[other]], grant)
  end()
  expect(await reserving).toBe(false)
  expect(settled).toHaveLength(2)
  expect(spare.take([other])).toBeNull()
})

test('is none where all groups are denied, or the API fails', async () => {
  const { spare, settled } = startReserving()
  spare.begin(silent)
  expect(await spare.reserve([[other], [other]], async () => denied)).toBe(false)
  expect(await spare.reserve([[other]], () => Promise.reject(new Error('down')))).toBe(false)
  expect(settled).toEqual([])
})
