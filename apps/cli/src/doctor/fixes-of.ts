import type { Finding } from '@quotakeeper/api'
import { toFailure } from '../api/to-failure.js'
import { exitCodes, Failure } from '../failure.js'
import type { Session } from '../session.js'
import { localLines } from './local-lines.js'

/**
 * Repairs what can be repaired, by the API or, if none answers, in this machine's database; returns what was done.
 * @throws Failure if the API refuses
 */
export async function fixesOf(session: Session): Promise<readonly Finding[]> {
  try {
    return (await session.client.system.fix.mutate()).findings
  } catch (error) {
    const failure = toFailure(error, session.api.url)
    if (!(failure instanceof Failure) || failure.exitCode !== exitCodes.unreachable) throw failure
  }
  const findings: Finding[] = []
  for await (const line of localLines(session, { fixes: true }))
    if ('finding' in line) findings.push(line.finding)
  return findings
}
