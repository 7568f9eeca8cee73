import type { AheadSubject } from '@quotakeeper/quota-core'
import type { Finding } from './finding.js'

const about = 'clock of the records'
/** Findings of one look; more of them say no more. */
const maxFindings = 10

/** Providers and pools that wait for the database's clock, which was ahead when they were last written. */
export function aheadFindings(ahead: readonly AheadSubject[]): readonly Finding[] {
  const findings = ahead.slice(0, maxFindings).map((subject): Finding => {
    const { kind, name } = subject
    return {
      about,
      found: `the last record of ${kind} "${name}" is ${inWords(subject.aheadMs)} ahead of the database's clock, and its limits wait for it`,
      remedy: `set the database's clock right, then run "quotakeeper doctor --fix", which dates what came ahead now${kind === 'provider' ? `; "quotakeeper usage reset ${name}" takes today's usage back as well` : ''}`,
      fix: 'clock',
    }
  })
  const more = ahead.length - findings.length
  if (more === 0) return findings
  const found = `${more} more providers and pools are ahead of the database's clock`
  return [...findings, { about, found, remedy: 'the same frees them', fix: 'clock' }]
}

/** What a rewind has done. */
export function rewoundFinding(rewound: readonly AheadSubject[]): Finding {
  const named = rewound.slice(0, maxFindings).map(({ kind, name }) => `${kind} "${name}"`)
  const more = rewound.length - named.length
  const names = more > 0 ? [...named, `${more} more`] : named
  const found =
    names.length === 0
      ? "nothing was ahead of the database's clock any more"
      : `back at the database's clock: ${names.join(', ')}`
  return { about, found, remedy: null }
}

function inWords(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 120) return `${seconds} seconds`
  const minutes = Math.round(seconds / 60)
  return minutes < 180 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`
}
