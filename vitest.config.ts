// The configuration of the tests: the sources by their condition, each file in a thread of its own.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: { include: ['test/**/*.test.ts'], pool: 'threads' },
})
