import { test } from 'vitest'
import { expectSpent } from '../tests/expect-spent.js'
import { spendTeam } from '../tests/team-budget.js'

test('two thousand calls at once on two replicas, one killed, get exactly the budget of their team', async () => {
  expectSpent(await spendTeam(2_000))
})
