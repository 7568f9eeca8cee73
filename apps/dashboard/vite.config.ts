import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const api = process.env['QUOTA_API_URL'] || 'http://127.0.0.1:4000'

export default defineConfig({
  plugins: [react(), gzipped()],
  // Relative, so that the server can place the page under a path prefix.
  base: './',
  build: {
    // The page's policy forbids inline resources, including `data:` images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `vite` serves the page while it is edited, with data of a running API.
  server: {
    proxy: Object.fromEntries(['/trpc', '/api', '/session'].map(path => [path, { target: api }])),
  },
})

/**
 * Writes each script and style sheet compressed as well, which the API sends to browsers that accept it. As gzip:
 * browsers take Brotli over HTTPS alone.
 */
function gzipped(): Plugin {
  return {
    name: 'gzipped',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          const content = file.type === 'chunk' ? file.code : file.source
          this.emitFile({
            type: 'asset',
            fileName: `${fileName}.gz`,
            source: gzipSync(content, { level: 9 }),
          })
        }
      },
    },
  }
}
