import type { Database, SessionOptions } from '../../database/database.js'
import type { StateCache } from '../cache/state-cache.js'

/** Where a batch runs. */
export interface BatchContext {
  readonly database: Database
  readonly cache: StateCache
  /** Of its sessions: how long they wait for locks. */
  readonly session: SessionOptions
}
