import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = process.env['QUOTA_API_URL'] || 'http://127.0.0.1:4000'

export default defineConfig({
  plugins: [react()],
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
