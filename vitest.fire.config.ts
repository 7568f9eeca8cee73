import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Inside the workspace, packages are used from source; the workers of the fire are built.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/db/fire/**/*.test.ts',
      'packages/quota-core/tests/simulation.test.ts',
      'packages/quota-core/tests/random/*.test.ts',
      'apps/api/fire/**/*.test.ts',
      'apps/orchestrator/fire/**/*.test.ts',
      // More rows than in `test`, and pages in every combination of colours and widths.
      'apps/api/tests/export.test.ts',
      'apps/dashboard/tests/{consumers,first-run,key-states,keys,pages}.test.ts',
    ],
    globalSetup: [
      'packages/db/fire/fire-setup.ts',
      'packages/test-kit/src/postgres/postgres-global-setup.ts',
    ],
    // As many times the histories of `test`.
    env: { SIMULATION_SCALE: '5', EXPORTED_ROWS: '200000', PAGE_APPEARANCES: 'all' },
    expect: { poll: { timeout: 120_000 } },
    // Each scenario wants the machine for itself.
    fileParallelism: false,
    // An hour of load at most, and what comes before and after.
    testTimeout: 4_000_000,
    hookTimeout: 60_000,
    reporters:
      reportDirectory === undefined
        ? ['verbose']
        : ['verbose', ['json', { outputFile: join(reportDirectory, 'fire.json') }]],
  },
})
