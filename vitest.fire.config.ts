import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Inside the workspace, packages are used from source; the workers of the fire are built.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

/** The tests of which `test` leaves something out, such as PostgreSQL 15: those that ask whether this is `test:fire`. */
const thoroughTests = ['apps', 'packages']
  .flatMap(parent => readdirSync(join(import.meta.dirname, parent)).map(name => `${parent}/${name}/tests`))
  .filter(folder => existsSync(join(import.meta.dirname, folder)))
  .flatMap(folder =>
    readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.test.ts'))
      .map(name => `${folder}/${name.replaceAll('\\', '/')}`),
  )
  .filter(path => /\bengines\(|\bisThorough\b/.test(readFileSync(join(import.meta.dirname, path), 'utf8')))

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/db/fire/**/*.test.ts',
      ...thoroughTests,
      'packages/quota-core/tests/simulation.test.ts',
      'packages/quota-core/tests/random/*.test.ts',
      'apps/api/fire/**/*.test.ts',
      'apps/orchestrator/fire/**/*.test.ts',
      // Each command runs in a process of its own once.
      'apps/cli/tests/*.test.ts',
      // Their pages come in every combination of colours and widths.
      'apps/dashboard/tests/{consumers,first-run,key-states,pages}.test.ts',
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
