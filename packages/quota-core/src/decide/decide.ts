import type { Command, ExpireCommand } from '../domain/command.js'
import type { QuotaState } from '../domain/state.js'
import { decideAcquire } from './admission/acquire.js'
import { decideReserve } from './admission/reserve.js'
import { decideRewind } from './clocks/rewind.js'
import type { Decision } from './decision.js'
import { decideGrantQuota } from './limits/grant-quota.js'
import { decideLearnLimits } from './limits/learn-limits.js'
import { decideResetUsage } from './limits/reset-usage.js'
import { decideCommit, decideExtend, decideRelease } from './settlement/commit.js'
import { decideRecord } from './settlement/record.js'
import { decideObserve } from './signals/observe.js'
import { decideRetryKey } from './signals/retry-key.js'
import { decideRemove, decideRetry, decideSetEnabled } from './subjects/administer.js'
import { decideUpsertProvider } from './subjects/upsert-provider.js'
import { decideUpsertSubject } from './subjects/upsert-subject.js'

/**
 * Decides one command. Pure: equal arguments give an equal decision, and nothing is applied. `nowMs` is the subjects'
 * time; for a rewind, the clock's. Due attempts stay held until expired.
 * @throws QuotaError when the command fails; then it changes nothing.
 */
export function decide(state: QuotaState, command: Exclude<Command, ExpireCommand>, nowMs: number): Decision {
  switch (command.type) {
    case 'reserve':
      return decideReserve(state, command, nowMs)
    case 'acquire':
      return decideAcquire(state, command, nowMs)
    case 'commit':
      return decideCommit(state, command, nowMs)
    case 'release':
      return decideRelease(state, command, nowMs)
    case 'extend':
      return decideExtend(state, command, nowMs)
    case 'record':
      return decideRecord(state, command, nowMs)
    case 'observe':
      return decideObserve(state, command, nowMs)
    case 'learnLimits':
      return decideLearnLimits(state, command, nowMs)
    case 'upsertProvider':
      return decideUpsertProvider(state, command, nowMs)
    case 'upsertSubject':
    case 'upsertConsumer':
      return decideUpsertSubject(state, command, nowMs)
    case 'removeSubject':
      return decideRemove(state, command, nowMs)
    case 'setEnabled':
      return decideSetEnabled(state, command, nowMs)
    case 'retryProvider':
      return decideRetry(state, command, nowMs)
    case 'retryKey':
      return decideRetryKey(state, command, nowMs)
    case 'resetUsage':
      return decideResetUsage(state, command, nowMs)
    case 'grantQuota':
      return decideGrantQuota(state, command, nowMs)
    case 'rewind':
      return decideRewind(state, command, nowMs)
  }
}
