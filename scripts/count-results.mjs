// Prints `N passed, N failed` from the reports of `pnpm check` in a directory, and exits with 1 on any failure.
// Usage: node scripts/count-results.mjs DIRECTORY
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{
 *   readonly numPassedTests: number
 *   readonly numFailedTests: number
 *   readonly testResults: readonly { status: string, assertionResults: readonly { status: string }[] }[]
 * }} TestReport as Vitest's JSON reporter writes it
 * @typedef {readonly { readonly check: string, readonly passed: boolean }[]} CheckReport
 */

const directory = process.argv[2] ?? '.'

/** @param {string} name @returns {unknown} undefined where a run ended before it wrote this, or while it did */
function read(name) {
  const path = join(directory, name)
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

// Reports of `pnpm test` and `pnpm test:fire`.
const reports = /** @type {(TestReport | undefined)[]} */ (['tests.json', 'fire.json'].map(read)).filter(
  report => report !== undefined,
)
const testChecks = ['test', 'test:fire']
const checks = /** @type {CheckReport | undefined} */ (read('checks.json'))

// A test file that does not load counts as a failure without failed tests.
const unloadedFiles = reports
  .flatMap(report => report.testResults)
  .filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some(assertion => assertion.status === 'failed'),
  ).length
const failedTests = reports.reduce((sum, report) => sum + report.numFailedTests, unloadedFiles)
const failedChecks = (checks ?? []).filter(({ passed }) => !passed).map(({ check }) => check)
const failedTestChecks = failedChecks.filter(check => testChecks.includes(check))
const passed = reports.reduce((sum, report) => sum + report.numPassedTests, 0)

const faults = [
  ...failedChecks.filter(check => !testChecks.includes(check)).map(check => `the check "${check}" failed`),
  ...(failedTests === 0 && failedTestChecks.length > 0 ? ['the test run failed outside of a test'] : []),
  ...(checks === undefined ? ['the checks did not run to their end'] : []),
  ...(checks !== undefined && passed + failedTests === 0 && failedTestChecks.length === 0
    ? ['no test ran']
    : []),
]
for (const fault of faults) process.stdout.write(`counted as failed: ${fault}\n`)
const failed = failedTests + faults.length
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed === 0 ? 0 : 1
