import type { Command } from '../../domain/command.js'

/** Ids of the attempts that a command creates or refers to; a store loads those that exist. */
export function concernedAttempts(command: Command): readonly string[] {
  switch (command.type) {
    case 'reserve':
    case 'acquire':
    case 'record':
    case 'resetUsage':
      return [command.id]
    case 'commit':
    case 'release':
    case 'extend':
      return [command.reservationId]
    case 'expire':
      return command.attempts.map(attempt => attempt.id)
    case 'observe':
      return command.reservationId === null ? [] : [command.reservationId]
    case 'rewind':
    case 'learnLimits':
    case 'grantQuota':
    case 'upsertProvider':
    case 'upsertSubject':
    case 'upsertConsumer':
    case 'removeSubject':
    case 'setEnabled':
    case 'retryProvider':
    case 'retryKey':
      return []
  }
}
