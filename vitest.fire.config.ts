import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Inside the workspace, packages are used from source; the workers of the fire are built.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

/** The tests in a folder of which `test` leaves something out, such as PostgreSQL 15, or colours at a width. */
const thoroughTests = (folder: string, mark: RegExp): readonly string[] =>
  readdirSync(join(import.meta.dirname, folder))
    .map(name => `${folder}/${name}`)
    .filter(
      path => path.endsWith('.test.ts') && mark.test(readFileSync(join(import.meta.dirname, path), 'utf8')),
    )

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/db/fire/**/*.test.ts',
      ...thoroughTests('packages/db/tests', /engines\(|isThorough/),
      'packages/quota-core/tests/simulation.test.ts',
      'packages/quota-core/tests/random/*.test.ts',
      'apps/api/fire/**/*.test.ts',
      'apps/orchestrator/fire/**/*.test.ts',
      // With more calls than in `test`.
      'apps/orchestrator/tests/{acceptance,kills,quota}.test.ts',
      // More rows than in `test`, and pages in every combination of colours and widths.
      'apps/api/tests/export.test.ts',
      ...thoroughTests('apps/dashboard/tests', /expectAccessible|isThorough/),
    ],
    globalSetup: [
      'packages/db/fire/fire-setup.ts',
      'packages/test-kit/src/postgres/postgres-global-setup.ts',
    ],
    // As many times the histories of `test`.
    env: { SIMULATION_SCALE: '5', QUOTA_TEST_THOROUGH: 'true' },
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
