// Hosting: whether a member can run a definition of a version.

/** `newer`: it has a higher version alone, which may upgrade what an older one has left. A lower one cannot. */
export type Hosting = 'same' | 'newer' | 'none'

/** @param hosts what it can run, as `name@version`; @param definition the same */
export function hosting(hosts: readonly string[], definition: string): Hosting {
  if (hosts.includes(definition)) return 'same'
  const at = definition.lastIndexOf('@')
  const begin = definition.slice(0, at + 1)
  const version = Number(definition.slice(at + 1))
  const isNewer = hosts.some(
    (host) => host.length > begin.length && host.startsWith(begin) && Number(host.slice(at + 1)) > version,
  )
  return isNewer ? 'newer' : 'none'
}
