// Bundles entry points of an application with all that they import, after the compiler has run:
// `node ../../scripts/build/bundle.mjs main doctor` in the application's folder. The API loaded 1,000 files at each
// start, which took 1.5 s of a core; a few take 0.4 s. A command took 0.30 s, and takes 0.17.
import { readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { build } from 'esbuild'

const directory = join(process.cwd(), 'dist')

/**
 * The path as an import from a bundle.
 *
 * @param {string} path
 */
function fromBundle(path) {
  const link = relative(directory, path).split(sep).join('/')
  return link.startsWith('.') ? link : `./${link}`
}

/**
 * Files that find others beside them, such as migrations, find them where they were.
 *
 * @type {import('esbuild').Plugin}
 */
const ownAddresses = {
  name: 'own-addresses',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.m?js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8')
      if (!text.includes('import.meta.url')) return null
      const address = `new URL(${JSON.stringify(fromBundle(path))}, import.meta.url).href`
      return {
        contents: text.replaceAll('import.meta.url', address),
        loader: 'js',
        resolveDir: dirname(path),
      }
    })
  },
}

/**
 * PGlite stays apart: it reads files beside its own, and is loaded only where it is used.
 *
 * @type {import('esbuild').Plugin}
 */
const pgliteApart = {
  name: 'pglite-apart',
  setup: ({ onResolve, resolve }) => {
    onResolve({ filter: /^@electric-sql\/pglite$/ }, async ({ path, pluginData, ...from }) => {
      if (pluginData === pgliteApart) return null
      const { kind, importer, resolveDir } = from
      const found = await resolve(path, { kind, importer, resolveDir, pluginData: pgliteApart })
      return { path: fromBundle(found.path), external: true }
    })
  },
}

for (const name of await readdir(directory)) if (name.startsWith('part-')) await rm(join(directory, name))

await build({
  entryPoints: process.argv.slice(2).map(name => join(directory, `${name}.js`)),
  outdir: directory,
  allowOverwrite: true,
  bundle: true,
  // What is imported later, and what several entry points share; beside them, so that addresses are the same.
  splitting: true,
  chunkNames: 'part-[name]-[hash]',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // The CommonJS form of jsonc-parser requires its files in a way that a bundle cannot follow.
  mainFields: ['module', 'main'],
  sourcemap: 'linked',
  sourcesContent: false,
  external: ['pg-native'],
  // Node.js 20 has none: without it, pg loads the whole of `fetch` to find out whether it runs at Cloudflare (0.03 s).
  define: { navigator: '{"userAgent":"Node.js"}' },
  // For what is CommonJS.
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  plugins: [ownAddresses, pgliteApart],
  logLevel: 'warning',
})
