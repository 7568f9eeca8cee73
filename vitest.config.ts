import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Inside the workspace, packages are used from source.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

/** Each package with its tests, in the order in which they run: what takes longest comes first. */
const packages = [
  'packages/db',
  'apps/orchestrator',
  'apps/cli',
  'apps/api',
  'apps/dashboard',
  'packages/quota-core',
  'packages/test-kit',
  'packages/vendors',
  'packages/server-kit',
]

/** `vitest run --project db` runs one of them. */
function project(name: string, include: readonly string[]): TestProjectInlineConfiguration {
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include: [...include],
      // A worker loads the modules once for all files of a package, and keeps what they share: an API, a browser.
      isolate: false,
      // What is waited for comes at once, except on a machine that is busy with something else: beside a load of 8 on two
      // cores everything takes five times as long.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      expect: { poll: { timeout: 30_000 } },
    },
  }
}

/** Package by package, since a worker goes on to the next file of the same one only. */
class PackageByPackage extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const names = projects.map(({ test }) => test?.name)
    const rankOf = (file: TestSpecification): number => names.indexOf(file.project.name)
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

const projects = [
  ...packages.map(path => project(path.replace(/^.*\//, ''), [`${path}/{src,tests}/**/*.test.ts`])),
  project('scripts', ['scripts/**/*.test.ts']),
]

export default defineConfig({
  test: {
    projects,
    sequence: { sequencer: PackageByPackage },
    // One PostgreSQL for the whole run; every test file that needs it takes a database of its own.
    globalSetup: ['packages/test-kit/src/postgres/postgres-global-setup.ts'],
    // Most files wait for processes that they have started: as many workers as cores would leave a third of the time unused.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    reporters:
      reportDirectory === undefined
        ? ['default']
        : ['default', ['json', { outputFile: join(reportDirectory, 'tests.json') }]],
  },
})
