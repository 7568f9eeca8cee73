import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const script = fileURLToPath(new URL('count-results.mjs', import.meta.url))

/** Runs the count on these reports. @returns the last line and the exit code */
async function count(
  reports: Readonly<Record<string, unknown>>,
): Promise<readonly [string | undefined, number]> {
  const directory = await mkdtemp(join(tmpdir(), 'count-results-'))
  try {
    for (const [name, report] of Object.entries(reports)) {
      await writeFile(join(directory, name), typeof report === 'string' ? report : JSON.stringify(report))
    }
    const { stdout, code } = await run(process.execPath, [script, directory]).then(
      output => ({ ...output, code: 0 }),
      (failure: { stdout: string; code: number }) => failure,
    )
    return [stdout.trimEnd().split('\n').at(-1), code]
  } finally {
    await rm(directory, { recursive: true })
  }
}

const green = ['lint', 'test'].map(check => ({ check, passed: true }))
const redTest = ['lint', 'test'].map(check => ({ check, passed: check !== 'test' }))
const tests = (
  numPassedTests: number,
  numFailedTests: number,
  testResults: readonly unknown[] = [],
): unknown => ({
  numPassedTests,
  numFailedTests,
  testResults,
})

test('passed tests are counted, and the exit code is 0', async () => {
  expect(await count({ 'tests.json': tests(12, 0), 'checks.json': green })).toEqual([
    '12 passed, 0 failed',
    0,
  ])
})

test('failed tests and files that did not load are counted, and the exit code is 1', async () => {
  const unloaded = { status: 'failed', assertionResults: [] }
  const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] }
  const reports = { 'tests.json': tests(12, 2, [unloaded, failing]), 'checks.json': redTest }
  expect(await count(reports)).toEqual(['12 passed, 3 failed', 1])
})

test('a failed check counts as one failure beside the tests', async () => {
  const checks = [{ check: 'lint', passed: false }, ...green.slice(1)]
  expect(await count({ 'tests.json': tests(12, 0), 'checks.json': checks })).toEqual([
    '12 passed, 1 failed',
    1,
  ])
})

test.each([
  ['nothing ran', {}],
  ['no test ran', { 'tests.json': tests(0, 0), 'checks.json': green }],
  ['the test run crashed before its report', { 'checks.json': redTest }],
  ['a report is truncated', { 'tests.json': '{"numPassedTests":', 'checks.json': redTest }],
])('%s: one failure', async (_title, reports) => {
  expect(await count(reports)).toEqual(['0 passed, 1 failed', 1])
})

test('a run that fails outside of any test, after all have passed, exits with 1', async () => {
  expect(await count({ 'tests.json': tests(12, 0), 'checks.json': redTest })).toEqual([
    '12 passed, 1 failed',
    1,
  ])
})

test('fire tests count with the other tests, and can fail a run alone', async () => {
  const checks = [...green, { check: 'test:fire', passed: false }]
  expect(
    await count({ 'tests.json': tests(12, 0), 'fire.json': tests(9, 1), 'checks.json': checks }),
  ).toEqual(['21 passed, 1 failed', 1])
})
