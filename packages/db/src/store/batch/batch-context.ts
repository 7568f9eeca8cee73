import type { Database, SessionOptions } from '../../database/database.js'
import type { Memory } from '../cache/memory.js'

/** Where a batch runs, and by what. */
export interface BatchContext {
  readonly database: Database
  readonly memory: Memory
  /** Of its sessions: how long they wait for locks. */
  readonly session: SessionOptions
}
