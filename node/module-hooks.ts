// Module hooks: a file of definitions finds this very instance of the package under its name, wherever the file lies.
import { registerHooks } from 'node:module'

// The sources and the build lie alike: what this file is, the others are too.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const ownModules: ReadonlyMap<string, string> = new Map([
  ['troupe', new URL(`../index.${extension}`, import.meta.url).href],
  ['troupe/testing', new URL(`../scenarios/testing/index.${extension}`, import.meta.url).href],
])

let isRegistered = false

/**
 * From now on `troupe` and `troupe/testing` mean this instance: a definition made by another copy of the package would be a stranger
 * here. TypeScript files are taken as modules also where no package.json says so. Calling it again does nothing.
 */
export function resolveOwnName(): void {
  if (isRegistered) return
  isRegistered = true
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const own = ownModules.get(specifier)
      if (own !== undefined) return { url: own, shortCircuit: true }
      const resolved = nextResolve(specifier, context)
      const isUndecided = resolved.format === undefined || resolved.format === null
      return isUndecided && /\.ts(?:\?|$)/.test(resolved.url)
        ? { ...resolved, format: 'module-typescript' }
        : resolved
    },
  })
}
