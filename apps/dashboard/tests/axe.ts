import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isThorough } from '@quotakeeper/test-kit'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const appearances = [
  { colorScheme: 'light', width: 360 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'dark', width: 360 },
  { colorScheme: 'light', width: 1280 },
] as const
type Appearance = (typeof appearances)[number]

/** Colours and widths: each once, or in every combination in `test:fire`. */
const testedAppearances = isThorough ? appearances : appearances.slice(0, 2)

/**
 * Expects that the page as it is now fits its window and that axe finds nothing, in light and dark colours, narrow and
 * wide. To load it again for each took four times as long.
 */
export async function expectAccessible(page: Page): Promise<void> {
  for (const appearance of testedAppearances) await expectAccessibleIn(page, appearance)
}

let statesSoFar = 0

/**
 * Expects the same of one of many states of a page, which differ in little: one is tested light and narrow, the next dark
 * and wide, and each in every combination in `test:fire`. Axe takes 0.1 s of a core for each.
 */
export async function expectStateAccessible(page: Page): Promise<void> {
  if (isThorough) await expectAccessible(page)
  else await expectAccessibleIn(page, appearances[statesSoFar++ % 2 === 0 ? 0 : 1])
}

async function expectAccessibleIn(page: Page, { colorScheme, width }: Appearance): Promise<void> {
  // Without transitions, during which colours are between two.
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.setViewportSize({ width, height: 800 })
  const appearance = `${colorScheme}, ${width} px`
  // Charts are drawn again after the window has changed.
  await expect.poll(() => overhangOf(page), { message: appearance }).toBe(0)
  expect(await axeFindings(page), appearance).toEqual(noFindings)
}

/** What axe finds on a page as it is now. */
export async function axeFindings(page: Page): Promise<unknown> {
  // Evaluated by the debugger, so that the page's policy stays in force; once a load, since it takes 0.1 s of a core.
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axeSource)
  // Of what passes one element is described, not all: it took twice as long.
  return page.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ passes, violations }) => ({
    hasLooked: passes.length > 0,
    violations: violations.map(({ id, impact, nodes }) => \`\${impact} \${id}: \${nodes[0]?.html}\`),
  }))`)
}

/** What axe finds on a page without faults. */
export const noFindings = { hasLooked: true, violations: [] }

/** How far a page is wider than its window, in pixels. */
function overhangOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
