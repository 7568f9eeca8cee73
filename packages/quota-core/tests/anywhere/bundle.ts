import { builtinModules } from 'node:module'
import { build, type Plugin } from 'esbuild'

/** A program bundled into one script. */
export interface Bundle {
  readonly code: string
  /** Source files included in the bundle. */
  readonly files: readonly string[]
  /** Modules of Node.js that any file imports, included or not. */
  readonly nodeImports: readonly string[]
}

/**
 * Bundles a file for browsers or non-browser workers, as an application's bundler would; esbuild takes a tenth of Vite's
 * time. Its exports become those of the global `bundled`.
 */
export async function bundle(file: string, target: 'browser' | 'worker'): Promise<Bundle> {
  const nodeImports: string[] = []
  const {
    outputFiles: [output],
    metafile,
  } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    // Has no conditions of its own, which a worker's bundler does not have either.
    platform: 'neutral',
    mainFields: ['browser', 'module', 'main'],
    conditions: target === 'browser' ? ['browser', 'module'] : ['worker', 'module'],
    target: 'es2023',
    format: 'iife',
    globalName: 'bundled',
    plugins: [notingNodeImports(nodeImports)],
    logLevel: 'silent',
  })
  if (output === undefined) throw new Error(`the bundle of ${file} is empty`)
  const included = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const files = included.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
  return { code: output.text, files, nodeImports }
}

/** Notes them, and leaves them out of the bundle. */
function notingNodeImports(noted: string[]): Plugin {
  return {
    name: 'node-imports',
    setup: ({ onResolve }) => {
      onResolve({ filter: /^[a-z]/ }, ({ path, importer }) => {
        if (!path.startsWith('node:') && !builtinModules.includes(path)) return null
        noted.push(`${path} in ${importer}`)
        return { path, external: true }
      })
    },
  }
}
