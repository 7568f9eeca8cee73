import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Inside the workspace, packages are used from source.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

/** The folders whose tests take longest, in the order in which they run: before all others. */
const longest = [
  'apps/dashboard',
  'packages/db',
  'apps/orchestrator',
  'apps/cli',
  'apps/api',
  'packages/quota-core',
]

/** Package by package: the files that take longest are not left to the end, where one worker would run alone. */
class PackageByPackage extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const path = relative(import.meta.dirname, moduleId).replaceAll('\\', '/')
  const rank = longest.findIndex(folder => path.startsWith(`${folder}/`))
  return rank === -1 ? longest.length : rank
}

// All packages are one project of Vitest: it starts new workers for each, and each worker loads the modules again.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['scripts/{*,!(fire)/**/*}.test.ts', '{packages,apps}/*/{src,tests}/**/*.test.ts'],
    // A worker loads the modules once for all files, and keeps what they share: an API, a browser.
    isolate: false,
    // What is waited for comes at once, except on a machine that is busy with something else: beside a load of 25 on two
    // cores everything took fifteen times as long.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    sequence: { sequencer: PackageByPackage },
    // What is compiled is there for the next run.
    experimental: { fsModuleCache: true },
    // WebAssembly is not compiled a second time, optimised: two files with PGlite took 1.4 and 2.6 s of a core less.
    execArgv: ['--liftoff-only'],
    // One PostgreSQL for the whole run; every test file that needs it takes a database of its own.
    globalSetup: [
      'packages/test-kit/src/files/files-in-memory.ts',
      'packages/test-kit/src/postgres/postgres-global-setup.ts',
    ],
    // Most files wait for processes that they have started: as many workers as cores would leave a third of the time
    // unused, one and a half as many a quarter.
    maxWorkers: availableParallelism() * 2,
    reporters:
      reportDirectory === undefined
        ? ['default']
        : ['default', ['json', { outputFile: join(reportDirectory, 'tests.json') }]],
  },
})
