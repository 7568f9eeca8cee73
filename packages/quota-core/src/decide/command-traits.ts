import type { Command } from '../domain/command.js'

/** What a store may count on of a type of command. */
export interface CommandTraits {
  /** Whether calls make it, often and at once; others are rare, and may need more than a cache has. */
  readonly isOfCall: boolean
  /**
   * Whether no other command may be in its batch: what a change of settings has read of the ledger must not change in
   * mid-batch, and nobody is to wait for the locks of a step of expiry.
   */
  readonly goesAlone: boolean
  /** Whether the attempt that it names is its own, made under an id that nobody has used, unless it is repeated. */
  readonly makesAttempt: boolean
}

const makesCall: CommandTraits = { isOfCall: true, goesAlone: false, makesAttempt: true }
const settlesCall: CommandTraits = { isOfCall: true, goesAlone: false, makesAttempt: false }
const readsLedger: CommandTraits = { isOfCall: false, goesAlone: true, makesAttempt: false }
const administers: CommandTraits = { isOfCall: false, goesAlone: false, makesAttempt: false }

/** Each type of command has its line, or this does not compile: a store's switch with a default would not tell. */
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
  removeSubject: readsLedger,
  rewind: readsLedger,
  resetUsage: { ...readsLedger, makesAttempt: true },
  setProviderEnabled: administers,
  retryProvider: administers,
  retryKey: administers,
}

/** What a store may count on of a command. */
export function traitsOf({ type }: Pick<Command, 'type'>): CommandTraits {
  return traits[type]
}
