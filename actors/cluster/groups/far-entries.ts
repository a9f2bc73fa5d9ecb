// Another node's entries, as far as it has told: news comes twice, late or not at all, and the end is the same.
import { keyOf, entriesMax } from './own-entries.ts'
import type { GroupChange, News, Want } from './group-message.ts'

/** What has become of it: `news` what others may hear of, `want` what to ask for next. */
export interface Learned {
  readonly changes: readonly Omit<GroupChange, 'version'>[]
  readonly want: Want | undefined
}

interface Known {
  version: number
  /** All that the other had changed when the first of it was told: what has left after that is told later. */
  since: number
  readonly entries: Map<string, GroupChange>
}

export class FarEntries {
  #known: Known = { version: 0, since: 0, entries: new Map() }
  /** Everything anew, until it is whole: the old counts until then. */
  #anew: Known | undefined = undefined

  entries(): Iterable<GroupChange> {
    return this.#known.entries.values()
  }

  /** What is missing, if the other has made so many changes. */
  want(version: number): Want | undefined {
    if (version <= this.#known.version) return undefined
    return wantOf(this.#anew ?? this.#known, this.#anew !== undefined)
  }

  learn(news: News): Learned {
    return news.isReset ? this.#learnAnew(news) : this.#learnMore(news)
  }

  #learnMore({ from, to, version, changes }: News): Learned {
    const known = this.#known
    if (to <= known.version) return { changes: [], want: undefined }
    if (from > known.version) return { changes: [], want: this.want(version) }
    if (known.version === 0) known.since = version
    const fresh = changes.filter((change) => change.version > known.version)
    return { changes: enter(known, fresh, to), want: this.want(version) }
  }

  #learnAnew({ from, to, version, changes }: News): Learned {
    if (version < this.#known.version) return { changes: [], want: undefined }
    if (from === 0) this.#anew = { version: 0, since: version, entries: new Map() }
    const anew = this.#anew
    if (anew === undefined || from !== anew.version) return { changes: [], want: undefined }
    enter(anew, changes, to)
    if (to < version) return { changes: [], want: wantOf(anew, true) }
    const before = this.#known
    this.#known = anew
    this.#anew = undefined
    return { changes: differences(before.entries, anew.entries), want: undefined }
  }
}

function wantOf({ version, since }: Known, isReset: boolean): Want {
  return { type: 'want', from: version, since: Math.max(since, version), isReset }
}

/** An honest node has never more entries than it may: what goes beyond is not kept. @returns what is not as it was */
function enter(known: Known, changes: readonly GroupChange[], version: number): GroupChange[] {
  known.version = version
  return changes.filter((change) => {
    const key = keyOf(change.group, change.path)
    if (!change.isIn) return known.entries.delete(key)
    const isNew = !known.entries.has(key)
    if (isNew && known.entries.size >= entriesMax) return false
    known.entries.set(key, change)
    return isNew
  })
}

function differences(
  before: ReadonlyMap<string, GroupChange>,
  after: ReadonlyMap<string, GroupChange>,
): Omit<GroupChange, 'version'>[] {
  const left = [...before].filter(([key]) => !after.has(key)).map(([, change]) => change)
  const joined = [...after].filter(([key]) => !before.has(key)).map(([, change]) => change)
  return [
    ...left.map(({ group, path }) => ({ isIn: false, group, path })),
    ...joined.map(({ group, path }) => ({ isIn: true, group, path })),
  ]
}
