import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe finds on a page as it is now. The context must bypass the page's policy. */
export async function axeFindings(page: Page): Promise<unknown> {
  await page.addScriptTag({ path: axeFile })
  const findings = `axe.run().then(({ passes, violations }) => ({
    hasLooked: passes.length > 0,
    violations: violations.map(({ id, impact, nodes }) => \`\${impact} \${id}: \${nodes[0]?.html}\`),
  }))`
  return page.evaluate(findings)
}

/** What axe finds on a page without faults. */
export const noFindings = { hasLooked: true, violations: [] }
