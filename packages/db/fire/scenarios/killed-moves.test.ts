import { expect, test } from 'vitest'
import { expectMoveSurvives, makePgliteFolders, moveDeaths } from '../../tests/embedded/pglite-folders.js'

test('a move from PGlite may be killed at every step, and again at the next: nothing is lost, nothing doubled', async () => {
  expect.hasAssertions()
  await using folders = await makePgliteFolders()
  // Keys of the table above, in their order.
  await expectMoveSurvives(folders, Object.keys(moveDeaths) as (keyof typeof moveDeaths)[])
})
