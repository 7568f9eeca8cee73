import { randomUUID } from 'node:crypto'
import { startTestApi, startTestApiProcess, type TestApi, type TestApiProcess } from './test-api.js'

const applicationCount = 10

/** What became of the calls of ten applications under one team. */
export interface SpentTeam {
  readonly budget: number
  readonly maxOfApplication: number
  /** The calls that were answered with a grant, by application. */
  readonly grantedBy: readonly number[]
  /** What the team, and each application, count as held. */
  readonly held: number
  readonly heldBy: readonly number[]
}

/**
 * Reserves all calls at once at two processes of the API on one database, for ten applications under one team, whose
 * budget is half of the calls. One process is killed with SIGKILL in between; its callers ask the other one with the same
 * ids.
 */
export async function spendTeam(databaseUrl: string, callCount: number): Promise<SpentTeam> {
  const config = 'providers: []'
  await using doomed = await startTestApiProcess({ databaseUrl, config })
  await using other = await startTestApi({ databaseUrl, config })
  return await spend(doomed, other, callCount)
}

async function spend(doomed: TestApiProcess, other: TestApi, callCount: number): Promise<SpentTeam> {
  const budget = callCount / 2
  const maxOfApplication = Math.floor(callCount / applicationCount) - 1
  const requests = (max: number) => [{ metric: 'requests' as const, window: 'total' as const, max }]
  const { client } = other
  await client.providers.upsert.mutate({ name: 'key', vendor: 'custom', limits: [] })
  await client.consumers.upsert.mutate({ name: 'team', limits: requests(budget) })
  const applications = Array.from({ length: applicationCount }, (_, at) => `application ${at}`)
  for (const name of applications)
    await client.consumers.upsert.mutate({ name, parent: 'team', limits: requests(maxOfApplication) })
  const grantedBy = applications.map(() => 0)
  let answered = 0
  let kill: Promise<unknown> | null = null
  const call = async (at: number): Promise<void> => {
    const application = at % applicationCount
    const asked = { id: randomUUID(), providerName: 'key', consumer: applications[application] ?? '' }
    const first = at % 2 === 0 ? doomed : other
    const answer = await first.client.quota.reserve
      .mutate(asked)
      // Whether it was granted before its process ended is not known: the id makes the repetition harmless.
      .catch(() => client.quota.reserve.mutate(asked))
    if (answer.decision === 'granted') grantedBy[application] = (grantedBy[application] ?? 0) + 1
    answered++
    if (answered === Math.floor(callCount / 5)) kill = doomed.process.kill('SIGKILL')
  }
  await Promise.all(Array.from({ length: callCount }, (_, at) => call(at)))
  if (kill === null) throw new Error('no process was killed')
  await kill
  const heldOf = async (name: string): Promise<number> =>
    (await client.consumers.stats.query({ name })).limits[0]?.held ?? 0
  return {
    budget,
    maxOfApplication,
    grantedBy,
    held: await heldOf('team'),
    heldBy: await Promise.all(applications.map(heldOf)),
  }
}
