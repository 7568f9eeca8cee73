import { startPostgres } from '@quotakeeper/test-kit'
import { test } from 'vitest'
import { expectSpent } from '../tests/expect-spent.js'
import { spendTeam } from '../tests/team-budget.js'

test('two thousand calls at once on two replicas, one killed, get exactly the budget of their team', async () => {
  await using server = await startPostgres()
  const { url } = await server.createDatabase()
  expectSpent(await spendTeam(url, 2_000))
})
