import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Inside the workspace, packages are used from source.
const conditions = ['quotakeeper-source']

// Where CI wants the results to be counted from.
const reportDirectory = process.env['QUOTA_REPORT_DIRECTORY']

/** The packages whose tests take longest, in the order in which they run: before all others. */
const longest = ['db', 'orchestrator', 'cli', 'api', 'dashboard', 'quota-core']

const packages = ['packages', 'apps'].flatMap(folder =>
  readdirSync(join(import.meta.dirname, folder)).map(name => ({ name, path: `${folder}/${name}` })),
)

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
      // What is waited for comes at once, except on a machine that is busy with something else: beside a load of 25 on two
      // cores everything took fifteen times as long.
      testTimeout: 300_000,
      hookTimeout: 300_000,
      expect: { poll: { timeout: 120_000 } },
    },
  }
}

/** Package by package, since a worker goes on to the next file of the same one only. */
class PackageByPackage extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const order = [...longest, ...packages.map(({ name }) => name)]
    const rankOf = (file: TestSpecification): number => order.indexOf(file.project.name)
    return sorted.toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}

const projects = [
  // First, since one of these files takes long by itself.
  project('scripts', ['scripts/**/*.test.ts']),
  ...packages.map(({ name, path }) => project(name, [`${path}/{src,tests}/**/*.test.ts`])),
]

export default defineConfig({
  test: {
    projects,
    sequence: { sequencer: PackageByPackage },
    // What is compiled for one package is there for the others, and for the next run.
    experimental: { fsModuleCache: true },
    // One PostgreSQL for the whole run; every test file that needs it takes a database of its own.
    globalSetup: ['packages/test-kit/src/postgres/postgres-global-setup.ts'],
    // Most files wait for processes that they have started: as many workers as cores would leave a third of the time
    // unused, one and a half as many a quarter.
    maxWorkers: availableParallelism() * 2,
    reporters:
      reportDirectory === undefined
        ? ['default']
        : ['default', ['json', { outputFile: join(reportDirectory, 'tests.json') }]],
  },
})
