import { type Attempt, examineStore, type SubjectRef } from '@quotakeeper/quota-core'
import { lostAcknowledgements } from '../checks/acknowledged.js'
import { hoursUnlikeDays, leaks, untilAtRest } from '../checks/at-rest.js'
import { limitsExceeded, type Subject } from '../checks/limits-held.js'
import { organisation, providers } from '../traffic/world.js'
import { type Journals, readJournals } from './journals.js'
import type { Field } from './open-field.js'
import { readLedger } from './read-ledger.js'

/** What was found on a field after its workers have ended. */
export interface Examination {
  /** Everything that breaks a promise, in words. Empty where all is well. */
  readonly faults: readonly string[]
  readonly journals: Journals
  readonly ledger: readonly Attempt[]
}

const subjects: readonly Subject[] = [
  { ref: { kind: 'pool', name: organisation.name }, input: organisation },
  ...providers.map(input => ({ ref: { kind: 'provider', name: input.name } as SubjectRef, input })),
]
const releasing = new Set<string>(
  providers.filter(({ onExpiry }) => onExpiry === 'release').map(({ name }) => name),
)
const releasesOnExpiry = (providerName: string): boolean => releasing.has(providerName)

/** Every check that there is. The workers must have ended, in whatever way. */
export async function examineField(field: Field): Promise<Examination> {
  await using sql = await field.connectSql()
  await untilAtRest(sql)
  await expireAll(field)
  const journals = await readJournals(field.journalPaths)
  const ledger = await readLedger(field.store)
  const discrepancies = await examineStore(field.store, null)
  const faults = [
    ...lostAcknowledgements(journals.stories, ledger, releasesOnExpiry),
    ...limitsExceeded(ledger, subjects, { settings: field.settings, releasesOnExpiry }),
    ...(await leaks(sql)),
    ...(await hoursUnlikeDays(sql)),
    ...discrepancies.map(({ place, expected, found }) => `${place} is ${found} instead of ${expected}`),
  ]
  return { faults, journals, ledger }
}

/** A bound for what a fire leaves: 25,000 attempts. */
const maxSteps = 100

/** What is due expires with a step, of whatever process. */
async function expireAll({ tracker }: Field): Promise<void> {
  for (let steps = 0; steps < maxSteps; steps++) if (!(await tracker.expireDue()).isFull) return
  throw new Error(`more is due than ${maxSteps} steps expire`)
}
