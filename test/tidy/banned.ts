// The rule of the outside world: time, chance, disk, threads and sockets are touched in the one file that stands for them.
import { memberOf, nameOf, textOf } from './syntax.ts'
import type { Found, Syntax } from './syntax.ts'
import type { SourceFile, Violation } from './source-file.ts'

/** Globals that nobody reads. */
const globals = (
  'setTimeout setInterval setImmediate queueMicrotask performance Temporal ' +
  'fetch WebSocket EventSource Worker SharedWorker'
).split(' ')

/** Members that nobody reads, by their object. */
const members: Readonly<Record<string, readonly string[]>> = {
  AbortSignal: ['timeout'],
  Atomics: ['wait', 'waitAsync'],
  Date: ['now'],
  Math: ['random'],
  crypto: ['getRandomValues', 'randomUUID'],
  expect: ['poll'],
  process: ['hrtime', 'nextTick'],
  vi: ['fn', 'mock', 'doMock', 'spyOn', 'useFakeTimers', 'waitFor', 'waitUntil'],
}

/** Modules of Node.js that nobody imports; sub-modules are meant too. */
const modules = (
  'fs net tls dgram dns http http2 https quic ' +
  'child_process cluster worker_threads crypto perf_hooks sqlite timers'
).split(' ')

/** Who may, because it stands for that part of the world. */
export const allowances: Readonly<Record<string, readonly string[]>> = {
  'node/system-clock.ts': ['Date.now', 'performance', 'queueMicrotask', 'setImmediate', 'setTimeout'],
  'node/system-random.ts': ['Math.random'],
  'node/cluster/seat.ts': ['node:crypto'],
  'node/cluster/shared-trust.ts': ['node:crypto'],
  'node/folder-lock.ts': ['node:fs', 'crypto.randomUUID'],
  'node/process-life.ts': ['node:fs'],
  'node/system-disk.ts': ['node:fs'],
  'node/system-durable-disk.ts': ['node:fs'],
  'node/system-file.ts': ['node:fs'],
  'node/cluster/local-process.ts': ['node:child_process'],
  'node/load-place.ts': ['node:child_process'],
  'node/threads/system-threads.ts': ['node:worker_threads', 'Worker'],
  'node/threads/worker-inside.ts': ['node:worker_threads'],
  'node/trust/path-guard.ts': ['node:fs'],
  'node/trust/seal.ts': ['node:crypto'],
  'scenarios/testing/namespace-record.ts': ['node:child_process', 'node:crypto', 'node:fs'],
  'scenarios/testing/namespaces.ts': ['node:child_process'],
  'scenarios/bank/main.ts': ['node:child_process', 'node:fs'],
  'test/node/threads/evil/wait.ts': ['Atomics.wait'],
  'transports/libp2p/identity/keys.ts': ['node:crypto'],
  'transports/libp2p/identity/tls-options.ts': ['node:crypto'],
  'transports/libp2p/foyer.ts': ['node:tls'],
  'transports/libp2p/guest-stream.ts': ['node:tls'],
  'transports/libp2p/sealed-stream.ts': ['node:tls'],
  'transports/libp2p/secure-contexts.ts': ['node:tls'],
  'transports/libp2p/tls-carrier.ts': ['node:tls'],
  'transports/libp2p/tls-door.ts': ['node:net', 'node:tls'],
  'transports/libp2p/tls-encrypter.ts': ['node:tls'],
  'transports/libp2p/tls-handshake.ts': ['node:tls'],
  'transports/libp2p/tls-transport.ts': ['node:tls'],
  'transports/libp2p/verdict.ts': ['node:tls'],
  'transports/thread/wire-port.ts': ['node:worker_threads'],
}

/** Tests start processes and read files, but they neither wait nor mock; a benchmark measures real time. */
const bannedInTests = (
  'setTimeout setInterval node:timers AbortSignal.timeout Atomics.wait Atomics.waitAsync expect.poll ' +
  'vi.fn vi.mock vi.doMock vi.spyOn vi.useFakeTimers vi.waitFor vi.waitUntil'
).split(' ')

export function banned(files: readonly SourceFile[]): Violation[] {
  const held = files.filter((file) => file.floor !== 'bench' && !file.isConfiguration)
  return held.flatMap((file) => file.nodes.flatMap((found) => breaches(file, found)))
}

/** What a file that is there may touch and does not. */
export function unusedAllowances(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const used = file.nodes.flatMap(namesOf)
    const unused = (allowances[file.path] ?? []).filter((name) => !used.includes(name))
    return unused.map((name) => file.violation(1, `"${name}" is allowed here and not used`))
  })
}

function breaches(file: SourceFile, found: Found): Violation[] {
  const allowed = allowances[file.path] ?? []
  return namesOf(found)
    .filter((name) => !allowed.includes(name) && (!file.isTest || bannedInTests.includes(name)))
    .map((name) => file.violation(found.node, `"${name}" is banned here`))
}

/** What the node reads of the outside world, by the names above. */
function namesOf(found: Found): string[] {
  const name =
    globalOf(found) ?? memberName(found) ?? takenMember(found) ?? clockedDate(found) ?? moduleOf(found)
  return name === undefined ? [] : [name]
}

function globalOf({ node, holder, member }: Found): string | undefined {
  const name = nameOf(node)
  if (name === undefined || !globals.includes(name) || holder === undefined) return undefined
  const isLabel = ['property', 'key'].includes(member) && holder['computed'] !== true
  const isImport = holder.type === 'ImportSpecifier'
  const isType = ['TSTypeReference', 'TSTypeQuery', 'TSQualifiedName'].includes(holder.type)
  return isLabel || isImport || isType ? undefined : name
}

function memberName({ node }: Found): string | undefined {
  const member = memberOf(node)
  if (member === undefined) return undefined
  const object = nameOf(node['object']) ?? ''
  if (object === 'globalThis' && (globals.includes(member) || members[member] !== undefined)) return member
  return members[object]?.includes(member) ? `${object}.${member}` : undefined
}

/** A whole object by another name hides what it is used for. */
function takenMember({ node }: Found): string | undefined {
  const object = node.type === 'VariableDeclarator' ? nameOf(node['init']) : undefined
  const own = object === undefined ? undefined : members[object]
  if (own === undefined) return undefined
  const pattern = node['id'] as Syntax
  if (pattern.type !== 'ObjectPattern') return `${object}.*`
  const taken = (pattern['properties'] as Syntax[]).map(({ key }) => nameOf(key) ?? '*')
  const name = taken.find((one) => one === '*' || own.includes(one))
  return name === undefined ? undefined : `${object}.${name}`
}

/** `new Date()` and `Date()` read the clock; `new Date(ms)` does not. */
function clockedDate({ node }: Found): string | undefined {
  if (nameOf(node['callee']) !== 'Date') return undefined
  const reads = node.type === 'CallExpression' || (node['arguments'] as unknown[]).length === 0
  return reads ? 'Date.now' : undefined
}

function moduleOf({ node }: Found): string | undefined {
  const name = textOf(node['source'])
    ?.replace(/^node:/, '')
    .split('/')[0]
  return name !== undefined && modules.includes(name) ? `node:${name}` : undefined
}
