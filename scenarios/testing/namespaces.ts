// Namespaces: several hosts on one machine, each in a network namespace of its own on one bridge, whose links are cut, thinned and mended.
import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { NamespaceRecord } from './namespace-record.ts'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'

const command = promisify(execFile)
/** Nothing outside the namespaces has a way there, so that runs beside each other may have the same. */
const subnet = '10.91.0'

/**
 * Needs root and iproute2 alone: what is dropped is led astray on the bridge's side of a link (`tc`, clsact) to a device that nobody reads, so
 * the host that sends notices nothing of it, as with a cut wire.
 */
export class Namespaces implements AsyncDisposable {
  readonly count: number
  readonly #record: NamespaceRecord
  #rules = 0

  private constructor(count: number, record: NamespaceRecord) {
    this.count = count
    this.#record = record
  }

  /** Why there can be none here; undefined if there can. What came of an attempt is taken away again. */
  static async lack(): Promise<string | undefined> {
    if (process.getuid?.() !== 0) return 'network namespaces need root'
    try {
      await using net = await Namespaces.open(1)
      await net.lose(1, 0.5)
      await net.heal()
      return undefined
    } catch (error) {
      return `ip and tc cannot make what is needed: ${error instanceof Error ? error.message.trim() : String(error)}`
    }
  }

  /** Makes hosts 1 to `count`; what a run that has died left behind is taken away first. */
  static async open(count: number): Promise<Namespaces> {
    await NamespaceRecord.reap()
    const net = new Namespaces(count, await NamespaceRecord.begin(count))
    try {
      await net.#make()
      return net
    } catch (error) {
      await net[Symbol.asyncDispose]()
      throw error
    }
  }

  /** For the files of the run; goes with the namespaces. */
  get folder(): string {
    return this.#record.folder
  }

  address(host: number): string {
    return `${subnet}.${host}`
  }

  /** Runs a program of Node.js on a host; `pid` is the program's own. */
  run(host: number, words: readonly string[]): ChildProcessWithoutNullStreams {
    const { PATH = '', HOME = '' } = process.env
    const program = ['netns', 'exec', this.#hostName(host), process.execPath, ...words]
    return spawn('ip', program, { env: { PATH, HOME, LANG: 'C.UTF-8' } })
  }

  /** From now on nothing that `from` sends reaches `to`. */
  async cutWay(from: number, to: number): Promise<void> {
    await this.#stray(from, 'ingress', `u32 match ip dst ${this.address(to)}/32`)
  }

  /** Both ways. */
  async cut(one: number, other: number): Promise<void> {
    await this.cutWay(one, other)
    await this.cutWay(other, one)
  }

  async isolate(host: number): Promise<void> {
    for (let other = 1; other <= this.count; other++) if (other !== host) await this.cut(host, other)
  }

  /** Loses a part of what a host sends. */
  async lose(host: number, part: number): Promise<void> {
    const most = Math.round(2 ** 32 * part)
    // Loads a random number, compares, takes or leaves: the kernel's oldest filter language has no more, and needs no compiler.
    const code = `4,32 0 0 4294963256,53 1 0 ${most},6 0 0 4294967295,6 0 0 0`
    await this.#stray(host, 'ingress', `bpf bytecode ${code}`)
  }

  /** Nobody can begin a TCP connection to a host any more, as behind a NAT; what it begins itself is answered. */
  async closeInbound(host: number): Promise<void> {
    await this.#stray(host, 'egress', 'u32 match ip protocol 6 0xff match u8 0x02 0x12 at 33')
  }

  /** Resets all TCP connections of a host once. */
  async reset(host: number): Promise<void> {
    await command('ip', [
      'netns',
      'exec',
      this.#hostName(host),
      'ss',
      '--tcp',
      '--kill',
      'state',
      'established',
    ])
  }

  /** Takes all back that was cut, lost or closed; links that are down stay so. */
  async heal(): Promise<void> {
    for (let host = 1; host <= this.count; host++) {
      for (const way of ['ingress', 'egress'])
        await command('tc', ['filter', 'del', 'dev', this.#linkName(host), way])
    }
  }

  /** The host's cable is pulled: it sees that itself. */
  async pull(host: number): Promise<void> {
    await command('ip', ['link', 'set', this.#linkName(host), 'down'])
  }

  async plug(host: number): Promise<void> {
    await command('ip', ['link', 'set', this.#linkName(host), 'up'])
  }

  /** Takes all away; programs that still run there are killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#record.clear()
  }

  #hostName(host: number): string {
    return this.#record.names.hosts[host - 1] ?? ''
  }

  #linkName(host: number): string {
    return this.#record.names.links[host - 1] ?? ''
  }

  async #stray(host: number, way: 'ingress' | 'egress', match: string): Promise<void> {
    const words = `filter add dev ${this.#linkName(host)} ${way} protocol ip prio ${++this.#rules}`
    const astray = `action mirred egress redirect dev ${this.#record.names.sink}`
    const [kind = '', ...rest] = match.split(' ')
    const code = kind === 'bpf' ? ['bpf', 'bytecode', rest.slice(1).join(' ')] : [kind, ...rest]
    await command('tc', [...words.split(' '), ...code, ...astray.split(' ')])
  }

  async #make(): Promise<void> {
    const { bridge, sink, sinkEnd } = this.#record.names
    // Nobody groups what is sent to all: the hosts' multicast reaches all of them.
    await ip(`link add ${bridge} type bridge mcast_snooping 0`)
    await ip(`link set ${bridge} up`)
    await ip(`link add ${sink} type veth peer name ${sinkEnd}`)
    for (const end of [sink, sinkEnd]) await ip(`link set ${end} up`)
    for (let host = 1; host <= this.count; host++) await this.#makeHost(host)
  }

  async #makeHost(host: number): Promise<void> {
    const name = this.#hostName(host)
    const link = this.#linkName(host)
    await ip(`netns add ${name}`)
    await ip(`link add ${link} type veth peer name eth0 netns ${name}`)
    await ip(`link set ${link} master ${this.#record.names.bridge} up`)
    await ip(`-n ${name} addr add ${this.address(host)}/24 dev eth0`)
    for (const device of ['lo', 'eth0']) await ip(`-n ${name} link set ${device} up`)
    await ip(`-n ${name} route add 224.0.0.0/4 dev eth0`)
    await command('tc', ['qdisc', 'add', 'dev', link, 'clsact'])
  }
}

async function ip(words: string): Promise<void> {
  await command('ip', words.split(' '))
}
