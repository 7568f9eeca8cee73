import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'

/**
 * Option of Node.js for a process that opens PGlite: WebAssembly is not compiled a second time, optimised, which takes a
 * second of a core.
 */
export const compilesOnce = '--liftoff-only'

let bundled: Promise<string> | null = null

/**
 * This package in one file, made from its source once for each worker; returns its address, for `import`. A process that
 * a test starts loads it in 0.2 s of a core; the files of the built package take 0.5 s.
 */
export function bundledDb(): Promise<string> {
  bundled ??= bundle()
  return bundled
}

async function bundle(): Promise<string> {
  // Below this package, so that what is left out of the bundle is found.
  const outfile = fileURLToPath(
    new URL(`../node_modules/.cache/bundled-db/${process.pid}.mjs`, import.meta.url),
  )
  process.once('exit', () => rmSync(outfile, { force: true }))
  await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['quotakeeper-source'],
    // PGlite reads files beside its own.
    external: ['pg-native', '@electric-sql/pglite'],
    // For what is CommonJS.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [ownAddresses],
    logLevel: 'warning',
  })
  return pathToFileURL(outfile).href
}

/** Files that find others beside them, such as migrations, find them where they are. */
const ownAddresses: Plugin = {
  name: 'own-addresses',
  setup: ({ onLoad }) => {
    onLoad({ filter: /packages\/db\/src\/.*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      const contents = text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      return { contents, loader: 'ts' }
    })
  },
}
