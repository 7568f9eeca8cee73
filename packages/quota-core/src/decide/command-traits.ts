import type { Command } from '../domain/command.js'

/** What a store may assume of a type of command. */
export interface CommandTraits {
  /**
   * Whether calls issue it, frequently and concurrently. Other commands are rare and may read more than a cache holds.
   */
  readonly isOfCall: boolean
  /**
   * Whether it must be alone in its batch: the ledger sums read by a change of settings must not change within the
   * batch, and no call should wait for the locks of an expiry step.
   */
  readonly goesAlone: boolean
  /** Whether it creates the attempt that it names, under a new id unless the command is repeated. */
  readonly makesAttempt: boolean
}

const makesCall: CommandTraits = { isOfCall: true, goesAlone: false, makesAttempt: true }
const settlesCall: CommandTraits = { isOfCall: true, goesAlone: false, makesAttempt: false }
const readsLedger: CommandTraits = { isOfCall: false, goesAlone: true, makesAttempt: false }
const administers: CommandTraits = { isOfCall: false, goesAlone: false, makesAttempt: false }

/** A `Record`, so that a new type of command without an entry does not compile; a `switch` with a default would. */
const traits: Readonly<Record<Command['type'], CommandTraits>> = {
  reserve: makesCall,
  acquire: makesCall,
  record: makesCall,
  commit: settlesCall,
  release: settlesCall,
  extend: settlesCall,
  observe: settlesCall,
  expire: readsLedger,
  learnLimits: readsLedger,
  upsertProvider: readsLedger,
  upsertSubject: readsLedger,
  upsertConsumer: readsLedger,
  removeSubject: readsLedger,
  rewind: readsLedger,
  resetUsage: { ...readsLedger, makesAttempt: true },
  grantQuota: administers,
  setEnabled: administers,
  retryProvider: administers,
  retryKey: administers,
}

/** The traits of a command's type. */
export function traitsOf({ type }: Pick<Command, 'type'>): CommandTraits {
  return traits[type]
}
