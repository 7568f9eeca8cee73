// Kills a primary under load, promotes its synchronous standby, and writes docs/high-availability.md.
// Usage: node bench/ha/run.mjs [ROUNDS]
import { writeFile } from 'node:fs/promises'
import { describeMachine } from '../src/machine.mjs'
import { failOver } from './failover.mjs'

const rounds = Number(process.argv[2] ?? 3)
const plan = { processes: 3, callers: 16, loadMs: 5_000, promoteAfterMs: 6_000 }

/** @type {import('./failover.mjs').Result[]} */
const results = []
for (let round = 1; round <= rounds; round++) {
  const result = await failOver(plan)
  results.push(result)
  process.stderr.write(`round ${round}: ${JSON.stringify(result)}\n`)
}

const wrong = results.filter(
  ({ lost, discrepancies, scarceGranted, scarceMost }) =>
    lost > 0 || discrepancies > 0 || scarceGranted > scarceMost,
)

/**
 * @param {string} what
 * @param {(result: import('./failover.mjs').Result) => string | number} tell
 */
function row(what, tell) {
  return `| ${what} | ${results.map(tell).join(' | ')} |`
}

const report = `# High availability

Quotakeeper keeps all data in PostgreSQL, so its availability is that of PostgreSQL. In addition, its processes
find the new primary automatically.

## Setting it up

1. PostgreSQL with a **synchronous** standby: \`synchronous_standby_names\` on the primary, \`synchronous_commit\` left
   at its default. With an asynchronous one, the last acknowledged commands before a failure may be lost.
2. Both hosts in the URL, in any order: \`QUOTA_DATABASE_URL=postgres://user:password@host1:5432,host2:5432/database\`.
   Each process uses the first that is not a standby, and searches again when that fails.
3. Something that promotes the standby (Patroni, repmgr, a person) and **fences the old primary**: two
   primaries would each grant the whole quota. Quotakeeper promotes nothing.

While there is no primary, calls are tried for up to 5 s and then refused with 503 (STORE_UNAVAILABLE), never with 429.
Commands are idempotent by id: repeat them with the same id, and they count once.

With only one synchronous standby, the primary stops answering when that standby is unavailable: list two
(\`ANY 1 (a, b)\`) if that matters.

## What was measured

\`npx -y pnpm@12.4.2 bench:ha\` writes this file. It starts PostgreSQL 18 and a synchronous standby, both real and on
one machine, and ${plan.processes} processes of ${plan.callers} callers each that reserve and commit at two providers, one of which
has room for ${results[0]?.scarceMost ?? 0} calls. After ${plan.loadMs / 1_000} s of load the primary is killed (\`kill -9\`); ${plan.promoteAfterMs / 1_000} s later, as a watcher would
after some missed heartbeats, the standby is promoted; ${plan.loadMs / 1_000} s later the processes finish. Every answer was written to a
file before the next call, and all of them are then verified on the new primary.

${describeMachine()}.

| | ${results.map((_, index) => `round ${index + 1}`).join(' | ')} |
|---|${results.map(() => '---:').join('|')}|
${row('reservations acknowledged', result => result.granted)}
${row('of these before the kill', result => result.grantedBefore)}
${row('commits acknowledged', result => result.committed)}
${row('**acknowledged and lost**', result => `**${result.lost}**`)}
${row('granted at the provider with little room', result => `${result.scarceGranted} of ${result.scarceMost}`)}
${row('sums that differ from the ledger (`doctor`)', result => result.discrepancies)}
${row('calls with SERVICE_UNAVAILABLE, repeated', result => result.unavailable)}
${row('longest time without any answer', result => `${(result.outageMs / 1_000).toFixed(1)} s`)}
${row('first answer after the promotion was ordered', result => `${result.afterPromotionMs} ms`)}

No process was restarted or reconfigured.
`
await writeFile(new URL('../../docs/high-availability.md', import.meta.url), report)
process.stdout.write(report)
if (wrong.length > 0) throw new Error(`${wrong.length} of ${rounds} rounds broke a promise`)
