import { versionOf } from '../machine.mjs'
import { measure, median } from '../measure.mjs'
import { rounded, table } from '../report.mjs'
import { asking } from './ask.mjs'
import { startPortkey, startQuotakeeper, startStandIn } from './contenders.mjs'

const callerCounts = [1, 32]

/**
 * The report's section on the gateway, as Markdown.
 * @param {{ postgres: import('@quotakeeper/test-kit').PostgresServer, folder: string, rounds: number,
 * durationMs: number, progress: (line: string) => void }} run
 */
export async function gatewaySection({ postgres, folder, ...run }) {
  const standIn = await startStandIn()
  const targets = [
    standIn,
    await startQuotakeeper({
      name: 'Quotakeeper',
      vendorOrigin: standIn.origin,
      databaseUrl: (await postgres.createDatabase()).url,
    }),
    await startQuotakeeper({
      name: 'Quotakeeper, embedded',
      vendorOrigin: standIn.origin,
      databaseUrl: `embedded:${folder}/gateway`,
    }),
    await startPortkey(standIn.origin),
  ]
  try {
    const rows = []
    for (const isStream of [false, true]) {
      for (const callers of callerCounts)
        rows.push(...(await gatewayScenario({ targets, isStream, callers, ...run })))
    }
    return `## The gateway

Chat completions through a gateway to one stand-in for a vendor, which answers at once; in a stream it sends 20 words.
Callers, gateway, its API, PostgreSQL and the stand-in share the two cores. Quotakeeper reserves each call on two
limits, settles it, and enters it into its ledger; Portkey's gateway (${versionOf('@portkey-ai/gateway')}) keeps no quota. Its streams
end in an error as npm delivers it.

${gatewayTable(rows)}
`
  } finally {
    for (const { stop } of targets.reverse()) await stop()
  }
}

/**
 * Medians of several rounds with the same callers for every gateway in turn. A gateway that fails its first
 * call is excluded; later failures are counted.
 * @param {{ targets: readonly import('./contenders.mjs').Target[], isStream: boolean, callers: number, rounds:
 * number, durationMs: number, progress: (line: string) => void }} scenario
 */
async function gatewayScenario({ targets, isStream, callers, rounds, durationMs, progress }) {
  const clients = targets.map(target => ({ target, ...asking(target, { isStream, connections: callers }) }))
  /** @type {Map<string, Awaited<ReturnType<typeof measure>>[]>} */
  const figures = new Map()
  for (const { target, ask } of clients) {
    try {
      await ask()
      figures.set(target.name, [])
    } catch (error) {
      progress(`${error}`)
    }
  }
  // A warm-up before measuring, since servers run for days.
  for (const { target, ask } of clients) {
    if (figures.has(target.name))
      await measure({ call: ask, callers: 8, durationMs: 2 * durationMs, countsFailures: true })
  }
  for (let round = 0; round < rounds; round++) {
    for (const { target, ask } of clients) {
      if (!figures.has(target.name)) continue
      progress(
        `gateway, ${isStream ? 'stream, ' : ''}${callers} callers, round ${round + 1} of ${rounds}: ${target.name}`,
      )
      figures.get(target.name)?.push(await measure({ call: ask, callers, durationMs, countsFailures: true }))
    }
  }
  for (const { close } of clients) close()
  return targets.map(({ name }) => {
    const all = figures.get(name)
    return {
      isStream,
      callers,
      name,
      perSecond: all === undefined ? null : median(all.map(figure => figure.perSecond)),
      p50Ms: all === undefined ? null : median(all.map(figure => figure.p50Ms)),
      p99Ms: all === undefined ? null : median(all.map(figure => figure.p99Ms)),
      failed: all === undefined ? 0 : all.reduce((sum, figure) => sum + figure.failed, 0),
    }
  })
}

/** @param {Awaited<ReturnType<typeof gatewayScenario>>} rows */
function gatewayTable(rows) {
  return table(
    ['answer', 'callers', 'what', 'calls/s', 'p50 ms', 'p99 ms', 'adds at p50, ms', 'failed calls'],
    rows.map(({ isStream, callers, name, perSecond, p50Ms, p99Ms, failed }) => {
      const direct = rows.find(row => row.isStream === isStream && row.callers === callers)
      const isDirect = direct?.name === name
      const cells = [isStream ? 'stream' : 'whole', String(callers), name]
      if (perSecond === null || p50Ms === null || p99Ms === null) return [...cells, 'fails', '', '', '', '']
      const added = isDirect || direct?.p50Ms == null ? '' : rounded(p50Ms - direct.p50Ms)
      return [...cells, rounded(perSecond), rounded(p50Ms), rounded(p99Ms), added, String(failed)]
    }),
  )
}
