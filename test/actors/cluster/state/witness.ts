// A witness: hears what each command has changed, believes nothing else, and complains when the state is not what it was told.
import { isTrusted } from '../../../../actors/cluster/state/member.ts'
import { hosting } from '../../../../actors/cluster/placement/hosting.ts'
import type { Applied } from '../../../../actors/cluster/state/cluster-state.ts'
import type { ClusterChange } from '../../../../actors/cluster/state/change.ts'
import type { ClusterFacts } from '../../../../actors/cluster/state/cluster-facts.ts'
import type { Home } from '../../../../actors/cluster/state/home.ts'
import type { Member } from '../../../../actors/cluster/state/member.ts'

export class Witness {
  readonly flaws: string[] = []
  readonly #members = new Map<number, Member>()
  readonly #homes = new Map<string, Home>()
  /** Epochs that were ever given to a name, the last one. */
  readonly #epochs = new Map<string, number>()
  readonly #shardEpochs = new Map<number, number>()
  /** Who runs a shard, by what it was told. */
  readonly #runners = new Map<number, number>()
  readonly #leases = new Map<string, number>()
  readonly #settings = new Map<string, string>()
  #lastNumber = 0
  #view = 0

  hear(facts: ClusterFacts, { answer, changes }: Applied): void {
    if (answer.type === 'refused' && changes.length > 0) this.#complain('a refusal has changed something')
    for (const change of changes) this.#learn(facts, change)
    this.#compareMembers(facts)
    this.#compareHomes(facts)
    this.#checkKin(facts)
    this.#checkHomeless(facts)
    this.#checkShards(facts)
    const leases = [...facts.leases()]
    if (
      leases.length !== this.#leases.size ||
      leases.some(({ name, member }) => this.#leases.get(name) !== member)
    )
      this.#complain('the leases are others than was told')
    if (leases.some(({ member }) => !this.#members.has(member))) this.#complain('nobody holds a lease')
    const settings = [...facts.settings()]
    if (
      settings.length !== this.#settings.size ||
      settings.some(([key, value]) => this.#settings.get(key) !== value)
    )
      this.#complain('the settings are others than was told')
  }

  #complain(what: string): void {
    this.flaws.push(what)
  }

  #learn(facts: ClusterFacts, change: ClusterChange): void {
    switch (change.type) {
      case 'member-joined':
        if (change.member.number <= this.#lastNumber) this.#complain('a number was given again')
        this.#lastNumber = change.member.number
        this.#learnMember(change.member)
        return this.#learnView(change.view, true)
      case 'member-changed': {
        const { member, before } = change
        if (this.#members.get(member.number) !== before) this.#complain('a member was not as it is said')
        this.#learnMember(member)
        return this.#learnView(change.view, member.status !== before.status || member.door !== before.door)
      }
      case 'member-ended':
        if (!this.#members.delete(change.member.number)) this.#complain('somebody ended who was no member')
        for (const [shard, runner] of this.#runners)
          if (runner === change.member.number) this.#runners.delete(shard)
        this.#checkEnded(facts, change)
        return this.#learnView(change.view, true)
      case 'home-changed':
        return this.#learnHome(change)
      case 'home-settled':
        if (this.#homes.get(change.home.top)?.isSettled !== false || change.home.member === 0)
          this.#complain('a settled home settles')
        this.#homes.set(change.home.top, change.home)
        return undefined
      case 'shard-changed':
        return this.#learnShard(change)
      case 'lease-changed':
        if ((this.#leases.get(change.name) ?? 0) !== change.from) this.#complain('another held the lease')
        if (change.to === 0) this.#leases.delete(change.name)
        else {
          this.#leases.set(change.name, change.to)
          this.#learnEpoch(`lease ${change.name}`, change.epoch)
        }
        return undefined
      case 'setting-changed':
        if (change.value === undefined) this.#settings.delete(change.key)
        else this.#settings.set(change.key, change.value)
        return undefined
      case 'peer-revoked':
      case 'peer-pardoned':
        if (facts.isRevoked(change.peer) !== (change.type === 'peer-revoked')) this.#complain('wrong peers')
    }
  }

  #learnMember(member: Member): void {
    this.#members.set(member.number, member)
    for (const other of this.#members.values()) {
      if (other.number === member.number) continue
      if (other.name === member.name || other.peer === member.peer || other.uid === member.uid)
        this.#complain('two members are one')
    }
  }

  #learnView(view: number, isNew: boolean): void {
    if (view < this.#view || (isNew && view === this.#view)) this.#complain('the view did not rise')
    this.#view = view
  }

  #learnEpoch(name: string, epoch: number): void {
    if (epoch <= (this.#epochs.get(name) ?? 0)) this.#complain(`the epoch of ${name} did not rise`)
    this.#epochs.set(name, epoch)
  }

  #learnHome(change: ClusterChange & { readonly type: 'home-changed' }): void {
    const { top, from, to, epoch, cause, home } = change
    const before = this.#homes.get(top)
    if ((before?.member ?? 0) !== from) this.#complain(`"${top}" was with another`)
    if ((before === undefined) !== (cause === 'claimed')) this.#complain(`"${top}" is ${cause}`)
    if (cause === 'released' || cause === 'stopped') {
      this.#homes.delete(top)
      if (epoch !== before?.epoch) this.#complain(`"${top}" ended at another epoch`)
      if (cause === 'stopped' && home.onLoss !== 'stop') this.#complain(`"${top}" was stopped`)
      return
    }
    this.#learnEpoch(top, epoch)
    this.#homes.set(top, home)
    if (home.member !== to || home.epoch !== epoch) this.#complain(`"${top}" is not as it is said`)
    const target = this.#members.get(to)
    if (to !== 0 && (target === undefined || target.status === 'draining'))
      this.#complain(`"${top}" went to nobody`)
    if (to !== 0 && home.node !== target?.name) this.#complain(`"${top}" has the wrong node`)
    if (home.isSettled !== (cause === 'claimed' || cause === 'moved'))
      this.#complain(`"${top}" is settled or not`)
    if (target !== undefined && (cause === 'lost' || cause === 'found'))
      this.#checkTaken(home, target, before)
  }

  /** Who takes over what nobody has placed there. */
  #checkTaken(home: Home, target: Member, before: Home | undefined): void {
    if (target.status !== 'up') this.#complain('a root went to one who is not up')
    if (hosting(target.hosts, home.definition) === 'none')
      this.#complain('a root went to one who does not host it')
    if (home.onLoss === 'wait' && target.name !== before?.node) this.#complain('a root did not wait')
    if (!isTrusted(target) && home.onLoss !== 'wait' && !this.#waits(home))
      this.#complain('a root went to a stranger')
  }

  /** Whether it has kin that wait. */
  #waits({ top }: Home): boolean {
    const clan = top.split('/')[0]!
    return [...this.#homes.values()].some((one) => one.top.split('/')[0] === clan && one.onLoss === 'wait')
  }

  #learnShard({ shard, from, to, epoch }: ClusterChange & { readonly type: 'shard-changed' }): void {
    const runner = this.#runners.get(shard) ?? 0
    if (from !== 0 && from !== runner) this.#complain(`shard ${shard} waits for one who does not have it`)
    if (from === to && to !== 0) this.#complain(`shard ${shard} waits for its own owner`)
    if (epoch < (this.#shardEpochs.get(shard) ?? 0)) this.#complain(`the epoch of shard ${shard} went back`)
    this.#shardEpochs.set(shard, epoch)
    if (from === 0 && to !== 0) this.#runners.set(shard, to)
    if (from === 0 && to === 0) this.#runners.delete(shard)
  }

  #compareMembers(facts: ClusterFacts): void {
    const members = [...facts.members()]
    const isSame =
      facts.view === this.#view &&
      facts.memberCount === members.length &&
      members.length === this.#members.size &&
      members.every((member) => {
        const { number, name, peer, uid } = member
        const found = [
          facts.memberByName(name),
          facts.memberByPeer(peer),
          facts.memberByUid(uid),
          facts.member(number),
        ]
        return this.#members.get(number) === member && found.every((one) => one === member)
      })
    if (!isSame) this.#complain('the members are others than was told')
    if (members.some((member) => facts.isRevoked(member.peer))) this.#complain('a revoked peer is a member')
  }

  #compareHomes(facts: ClusterFacts): void {
    const homes = [...facts.homes()]
    const isSame =
      homes.length === this.#homes.size &&
      facts.homeCount === homes.length &&
      homes.every((home) => this.#homes.get(home.top) === home && facts.home(home.top) === home)
    if (!isSame) this.#complain('the homes are others than was told')
    for (const number of [0, ...this.#members.keys()]) {
      const own = homes.filter(({ member }) => member === number)
      const said = [...facts.homesOf(number)]
      if (
        own.length !== said.length ||
        own.some((home) => !said.includes(home)) ||
        facts.homeCountOf(number) !== own.length
      )
        this.#complain(`member ${number} has other homes`)
    }
    for (const { top, member } of homes) {
      if (member !== 0 && !this.#members.has(member)) this.#complain(`"${top}" lives with one who is gone`)
      if (facts.under(`${top}/deep/er`)?.top !== top) this.#complain(`nobody finds "${top}" from below`)
    }
  }

  #checkKin(facts: ClusterFacts): void {
    for (const one of this.#homes.values()) {
      const kin = [...this.#homes.values()].filter(
        ({ top }) => top.startsWith(`${one.top}/`) || one.top.startsWith(`${top}/`),
      )
      if (kin.some(({ member }) => member !== one.member))
        this.#complain(`the kin of "${one.top}" are parted`)
      const said = facts.kinOf(one.top)
      if (said.length !== kin.length || kin.some((home) => !said.includes(home))) this.#complain('wrong kin')
    }
  }

  /** Nobody stays without a home who could have one. */
  #checkHomeless(facts: ClusterFacts): void {
    for (const home of facts.homesOf(0)) {
      const kin = [home, ...facts.kinOf(home.top)]
      const isAlone = kin.length === 1
      if (!isAlone || home.onLoss !== 'rehome') continue
      const able = [...facts.members()].filter(
        (member) =>
          member.status === 'up' && isTrusted(member) && hosting(member.hosts, home.definition) !== 'none',
      )
      if (able.length > 0) this.#complain(`"${home.top}" has nobody, and could have somebody`)
    }
  }

  #checkShards(facts: ClusterFacts): void {
    const owners = [...facts.members()].filter((member) => member.status === 'up' && isTrusted(member))
    const counts = new Map(owners.map(({ number }) => [number, 0]))
    for (const { shard, owner, from } of facts.shards()) {
      const count = counts.get(owner)
      if (count === undefined && (owner !== 0 || owners.length > 0))
        this.#complain(`shard ${shard} has a wrong owner`)
      else counts.set(owner, (count ?? 0) + 1)
      const runner = this.#runners.get(shard) ?? 0
      const isRight = from === 0 ? runner === owner : runner === from && this.#members.has(from)
      if (!isRight) this.#complain(`shard ${shard} is run by ${runner}, not ${owner}, who waits for ${from}`)
    }
    counts.delete(0)
    const all = [...counts.values()]
    if (all.length > 0 && Math.max(...all) - Math.min(...all) > 1) this.#complain('the shards are uneven')
  }

  #checkEnded(
    facts: ClusterFacts,
    { ended, member }: ClusterChange & { readonly type: 'member-ended' },
  ): void {
    const had = [...this.#homes.values()].filter((home) => home.member === member.number).length
    if (ended.rehomed + ended.waiting + ended.stopped !== had)
      this.#complain('roots of the ended are missing')
    if (!facts.ended().includes(ended)) this.#complain('an end is not remembered')
  }
}
