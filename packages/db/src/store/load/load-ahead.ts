import { callsAheadOf, ledgerNeedsOfRewind, type RewindCommand } from '@quotakeeper/quota-core'
import type { Session } from '../../database/database.js'
import { readAttempt } from '../statements/attempt-columns.js'
import { readCallsAhead } from '../statements/attempts.js'
import { type Loaded, loadSums } from './load-state.js'

/** Reads into the loaded state what deciding a rewind asks for: sums over the ledger, and calls that are ahead. */
export async function loadAhead(session: Session, loaded: Loaded, command: RewindCommand): Promise<void> {
  const { tables, nowMs: clockMs } = loaded
  await loadSums(session, loaded, ledgerNeedsOfRewind(tables, command, clockMs))
  const [rows = []] = await session.run([readCallsAhead(callsAheadOf(tables, command, clockMs))])
  tables.apply(rows.map(row => ({ table: 'attempt', row: readAttempt(row) }) as const))
}
