import type { Attempt } from '@quotakeeper/quota-core'
import type { Examination } from './examine-field.js'

/** What a scenario has seen, for a person: a fire that burned nothing proves nothing. */
export interface Figures {
  readonly granted: number
  readonly denied: number
  readonly committed: number
  readonly released: number
  readonly recorded: number
  readonly expired: number
  /** Committed after its expiry. */
  readonly late: number
  /** Answered only after the store had been said to be unavailable. */
  readonly retried: number
  /** Asked, and never answered: a process was killed. */
  readonly unanswered: number
  readonly longestCallMs: number
}

/** Counts what the journals and the ledger tell. */
export function figuresOf({ journals, ledger }: Examination): Figures {
  const { answers, stories } = journals
  const count = (result: string, actions?: readonly string[]): number =>
    answers.filter(answer => answer.result === result && (actions?.includes(answer.action) ?? true)).length
  return {
    granted: count('granted'),
    denied: count('denied'),
    committed: count('done', ['commit']),
    released: count('done', ['release']),
    recorded: count('done', ['record']),
    expired: ledger.filter(({ state }) => state === 'expired').length,
    late: ledger.filter(isLate).length,
    retried: answers.filter(({ unavailable }) => unavailable > 0).length,
    unanswered: [...stories.values()].filter(
      ({ asked, answered }) => asked.filter(({ action }) => action !== 'dispatch').length > answered.length,
    ).length,
    longestCallMs: answers.reduce((longest, answer) => Math.max(longest, answer.longestCallMs), 0),
  }
}

/** Whether it was committed after its expiry. */
export function isLate({ state, settledAtMs, expiresAtMs }: Attempt): boolean {
  return state === 'committed' && expiresAtMs !== null && (settledAtMs ?? 0) > expiresAtMs
}

/** Prints the figures of a scenario, and what else it has counted. */
export function report(name: string, figures: Figures, more: Readonly<Record<string, number>> = {}): void {
  const text = Object.entries({ ...figures, ...more }).map(([what, count]) => `${what} ${count}`)
  process.stdout.write(`  ${name}: ${text.join(', ')}\n`)
}
