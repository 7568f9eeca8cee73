import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build, type Rollup } from 'vite'

/** A program bundled into one script. */
export interface Bundle {
  readonly code: string
  /** Source files included in the bundle. */
  readonly files: readonly string[]
  /** Modules of Node.js that any file imports, included or not. */
  readonly nodeImports: readonly string[]
}

/**
 * Bundles a file for browsers or non-browser workers, as an application's bundler would. Its exports become those of
 * the global `bundled`.
 */
export async function bundle(file: string, target: 'browser' | 'worker'): Promise<Bundle> {
  const nodeImports: string[] = []
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    root: fileURLToPath(new URL('.', import.meta.url)),
    plugins: [
      {
        name: 'node-imports',
        enforce: 'pre',
        resolveId: (specifier: string, importer: string | undefined) => {
          const isNode = specifier.startsWith('node:') || builtinModules.includes(specifier)
          if (isNode) nodeImports.push(`${specifier} in ${importer}`)
          return null
        },
      },
    ],
    resolve: { conditions: target === 'browser' ? ['browser', 'module'] : ['worker', 'module'] },
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      lib: { entry: file, formats: ['iife'], name: 'bundled' },
    },
  })
  const [output] = (Array.isArray(built) ? built : [built]).flatMap(one =>
    'output' in one ? one.output : [],
  )
  if (output === undefined || output.type !== 'chunk') throw new Error(`the bundle of ${file} is empty`)
  return { code: output.code, files: filesOf(output), nodeImports }
}

function filesOf({ modules }: Rollup.OutputChunk): readonly string[] {
  return Object.entries(modules).flatMap(([file, { renderedLength }]) => (renderedLength > 0 ? [file] : []))
}
