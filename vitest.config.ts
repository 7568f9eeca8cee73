import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Inside the workspace, packages are used from source.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/{src,tests}/**/*.test.ts', 'scripts/**/*.test.ts'],
    // One PostgreSQL for the whole run; every test file that needs it takes a database of its own.
    globalSetup: ['packages/test-kit/src/postgres/postgres-global-setup.ts'],
    // Most files wait for processes that they have started; left to itself, vitest keeps one core idle.
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What is waited for comes at once, except on a machine that is busy with something else.
    expect: { poll: { timeout: 10_000 } },
    reporters:
      reportDirectory === undefined
        ? ['default']
        : ['default', ['json', { outputFile: join(reportDirectory, 'tests.json') }]],
  },
})
