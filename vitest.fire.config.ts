import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Inside the workspace, packages are used from source; the workers of the fire are built.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

/** What marks them: they ask which engines, amounts or appearances to try. */
const marks = /engines\(|isThorough|simulationScale|expect(?:State)?Accessible/

/** The tests of which `test` leaves something out, such as PostgreSQL 15, cases of one kind or random histories. */
const thoroughTests = ['packages', 'apps']
  .flatMap(group => listed(group).map(name => join(group, name)))
  .flatMap(folder => ['src', 'tests'].map(name => join(folder, name)))
  .filter(folder => existsSync(join(import.meta.dirname, folder)))
  .flatMap(folder => listed(folder, { recursive: true }).map(name => join(folder, name)))
  .filter(path => path.endsWith('.test.ts') && marks.test(textOf(path)))
  .map(path => path.replaceAll('\\', '/'))

function listed(folder: string, options: { readonly recursive?: boolean } = {}): string[] {
  return readdirSync(join(import.meta.dirname, folder), { ...options, encoding: 'utf8' })
}

function textOf(path: string): string {
  return readFileSync(join(import.meta.dirname, path), 'utf8')
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/db/fire/**/*.test.ts',
      ...thoroughTests,
      'apps/api/fire/**/*.test.ts',
      'apps/orchestrator/fire/**/*.test.ts',
      'scripts/fire/**/*.test.ts',
      // Each command runs in a process of its own once.
      'apps/cli/tests/{alerts,cli,providers,routing,status,usage}.test.ts',
    ],
    globalSetup: [
      'packages/db/fire/fire-setup.ts',
      'packages/test-kit/src/postgres/postgres-global-setup.ts',
    ],
    // As many times the histories of `test`.
    env: { SIMULATION_SCALE: '14', QUOTA_TEST_THOROUGH: 'true' },
    // Each scenario wants the machine for itself.
    fileParallelism: false,
    // An hour of load at most, and what comes before and after.
    testTimeout: 4_000_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 120_000 } },
    reporters:
      reportDirectory === undefined
        ? ['verbose']
        : ['verbose', ['json', { outputFile: join(reportDirectory, 'fire.json') }]],
  },
})
