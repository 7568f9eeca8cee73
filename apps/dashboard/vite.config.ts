import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const api = process.env['QUOTA_API_URL'] || 'http://127.0.0.1:4000'

export default defineConfig({
  plugins: [react()],
  build: {
    // The page's policy forbids inline resources, `data:` images among them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `vite` on its own serves the page as it is edited, with the data of an API that is running.
  server: {
    proxy: Object.fromEntries(['/trpc', '/api', '/session'].map(path => [path, { target: api }])),
  },
})
