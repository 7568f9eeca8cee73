// Runs everything that CI runs. All checks run even if one fails, so that one run reports everything. With
// QUOTA_REPORT_DIRECTORY it writes the results to checks.json there.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const checks = ['lint', 'typecheck', 'check:imports', 'check:docs', 'check:unused', 'test', 'test:fire']

/** @param {string} check @returns {boolean} whether it passed */
function run(check) {
  process.stdout.write(`\n▶ ${check}\n`)
  const { status, error } = spawnSync('pnpm', ['run', check], { cwd: root, stdio: 'inherit' })
  if (error !== undefined)
    process.stderr.write(`pnpm does not start (${error.message}): run this as "pnpm check"\n`)
  return status === 0
}

const results = checks.map(check => ({ check, passed: run(check) }))

const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']
if (reportDirectory !== undefined)
  writeFileSync(join(reportDirectory, 'checks.json'), JSON.stringify(results))

process.stdout.write('\n')
for (const { check, passed } of results) process.stdout.write(`${passed ? '✓' : '✗'} ${check}\n`)
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1
