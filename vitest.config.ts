import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Inside the workspace, packages are used from source.
  resolve: { conditions: ['quotakeeper-source'] },
  ssr: { resolve: { conditions: ['quotakeeper-source'] } },
  test: {
    include: ['{packages,apps}/*/{src,tests}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
