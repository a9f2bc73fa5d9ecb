// A clerk: an entity for tests, which counts what it is told and remembers how often it has lived.
import { defineActor } from 'troupe'
import type { Exit, Ref } from 'troupe'

export interface Note {
  readonly key: string
  readonly what: 'state' | 'started' | 'noted' | 'stopping' | 'down'
  readonly value?: number | string
}

/** What all clerks of a test write down. */
export const diary: Note[] = []

export function newDiary(): Note[] {
  diary.length = 0
  return diary
}

export const clerk = defineActor('clerk', {
  state: (key: string) => {
    diary.push({ key, what: 'state' })
    return { key, count: 0, last: 0 }
  },
  started: (self) => void diary.push({ key: self.state.key, what: 'started' }),
  stopping: (self, exit: Exit) =>
    void diary.push({ key: self.state.key, what: 'stopping', value: exit.cause }),
  down: (self, ref: Ref, exit: Exit) =>
    void diary.push({ key: self.state.key, what: 'down', value: `${ref.path} ${exit.cause}` }),
  on: {
    note(self, value: number) {
      self.state.count++
      self.state.last = value
      diary.push({ key: self.state.key, what: 'noted', value })
      return self.state.count
    },
    count: (self) => self.state.count,
    later: (self, ms: number) => self.after(ms, 'note', 0),
    watch: (self, ref: Ref) => self.watch(ref),
    unwatch: (self, ref: Ref) => self.unwatch(ref),
    hire: (self) => void self.spawn(clerk, 'assistant', 'assistant'),
    dismiss: (self) => {
      for (const child of self.children) self.stop(child)
    },
    aside: (self) => self.stash(),
    unaside: (self) => self.unstash(),
    fail: () => {
      throw new Error('the clerk fails')
    },
    tell(_self, { to, value }: { readonly to: Ref; readonly value: number }) {
      to.tell('note', value)
    },
    async ponder(_self, until: Promise<void>) {
      await until
    },
  },
})
