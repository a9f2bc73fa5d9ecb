// The configuration of the tests: the sources by their condition, each file in a thread of its own.
import { defineConfig } from 'vitest/config'

/** Where the counts go as JSON, for who adds them up; see .ci/run. */
const report = process.env['TEST_REPORT']

export default defineConfig({
  resolve: { conditions: ['troupe-source'] },
  ssr: { resolve: { conditions: ['troupe-source'] } },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'threads',
    // A loaded machine is no failure: what never ends is found all the same.
    testTimeout: 60_000,
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
  },
})
