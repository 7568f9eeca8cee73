import type { Command } from '../../domain/command.js'
import type { LedgerQuery, QuotaState } from '../../domain/state.js'
import { limitsFromLedger } from '../limits/kept-limits.js'
import { learnedLimits } from '../limits/learnable-limits.js'
import { askedSubject } from '../subjects/asked-subject.js'
import { ledgerQueryOfLimit, ledgerQueryOfReset } from './ledger-queries.js'

/** The ledger sums that the command may read; a store loads these before deciding. */
export function ledgerNeeds(state: QuotaState, command: Command, nowMs: number): readonly LedgerQuery[] {
  switch (command.type) {
    case 'resetUsage': {
      const subject = state.subject(command.subject)
      return subject === undefined ? [] : [ledgerQueryOfReset(command.subject, subject, nowMs)]
    }
    case 'learnLimits':
      if (state.provider(command.providerName) === undefined) return []
      return learnedLimits(state, command, nowMs).map(({ subject, limit }) =>
        ledgerQueryOfLimit(subject, subject, limit, nowMs),
      )
    case 'upsertProvider':
    case 'upsertSubject':
    case 'upsertConsumer': {
      const { ref, before, revised } = askedSubject(state, command)
      return limitsFromLedger(before?.subject, revised).map(limit =>
        ledgerQueryOfLimit(ref, revised, limit, nowMs),
      )
    }
    // A rewind reads sums ahead of the clock: see `ledgerNeedsOfRewind`.
    case 'rewind':
    case 'expire':
    case 'reserve':
    case 'acquire':
    case 'commit':
    case 'release':
    case 'extend':
    case 'record':
    case 'observe':
    case 'removeSubject':
    case 'grantQuota':
    case 'setEnabled':
    case 'retryProvider':
    case 'retryKey':
      return []
  }
}
