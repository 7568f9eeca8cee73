import { access, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { oneAtATime, templateFolder, testServers } from '@quotakeeper/test-kit'
import { build, type Plugin } from 'esbuild'

/**
 * Option of Node.js for a process that opens PGlite: WebAssembly is not compiled a second time, optimised, which takes a
 * second of a core.
 */
export const compilesOnce = '--liftoff-only'

/**
 * This package in one file, made from its source once per run; returns its address, for `import`. A process that a test
 * starts loads it in 0.2 s of a core; the files of the built package take 0.5 s.
 */
export function bundledDb(): Promise<string> {
  return addressOf('index')
}

/** The module of the lock of folders alone, which a process loads in 0.06 s of a core instead of 0.3. */
export function bundledFolderLock(): Promise<string> {
  return addressOf('folder-lock')
}

const entryPoints = {
  index: sourceAt('index.ts'),
  'folder-lock': sourceAt('database/folder-lock.ts'),
} as const

function sourceAt(path: string): string {
  return fileURLToPath(new URL(`../src/${path}`, import.meta.url))
}

let made: Promise<void> | null = null

async function addressOf(name: keyof typeof entryPoints): Promise<string> {
  const directory = join(templateFolder(), 'bundled-db')
  made ??= oneAtATime(testServers()[0].url, () => bundleOnce(directory))
  await made
  return pathToFileURL(join(directory, `${name}.mjs`)).href
}

async function bundleOnce(directory: string): Promise<void> {
  const isThere = await access(directory).then(
    () => true,
    () => false,
  )
  if (isThere) return
  const outdir = `${directory}-draft`
  await bundle(outdir)
  await rename(outdir, directory)
}

async function bundle(outdir: string): Promise<void> {
  await build({
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['quotakeeper-source'],
    external: ['pg-native'],
    // For what is CommonJS.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    plugins: [pgliteInPlace, ownAddresses],
    logLevel: 'warning',
  })
}

/** PGlite reads files beside its own. */
const pgliteInPlace: Plugin = {
  name: 'pglite-in-place',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^@electric-sql\/pglite$/ }, ({ path }) => ({
      path: import.meta.resolve(path),
      external: true,
    }))
  },
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
