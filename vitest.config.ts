import { defineConfig } from 'vitest/config'

// Inside the workspace, packages are used from source.
const conditions = ['quotakeeper-source']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/{src,tests}/**/*.test.ts', 'scripts/**/*.test.ts'],
    globalSetup: ['packages/test-kit/src/postgres/postgres-global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
