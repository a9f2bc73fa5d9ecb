// The configuration of the tests.
import { defineConfig } from 'vitest/config'

// oxlint-disable-next-line no-default-export
export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/**/*.test.ts'] },
})
