import { expect } from 'vitest'
import type { SpentTeam } from './team-budget.js'

/** The team's budget is spent to the last call, each application is within its own, and no grant is counted twice. */
export function expectSpent({ budget, maxOfApplication, grantedBy, held, heldBy }: SpentTeam): void {
  expect(grantedBy.reduce((sum, granted) => sum + granted, 0)).toBe(budget)
  expect(held).toBe(budget)
  expect(heldBy).toEqual(grantedBy)
  expect(Math.max(...grantedBy)).toBeLessThanOrEqual(maxOfApplication)
}
