// A greeter: remembers whom it met, and keeps a counter of its own as a child.
import { defineActor } from 'troupe'
import { counter } from './counter.ts'

export const greeter = defineActor('greeter', {
  state: (greeting: string = 'Hello') => ({ greeting, met: [] as string[] }),
  started(self) {
    self.spawn(counter, 'visits')
  },
  on: {
    greet(self, name: string) {
      self.state.met.push(name)
      self.children[0]?.tell('increment')
      return `${self.state.greeting}, ${name}!`
    },
    met(self) {
      return self.state.met
    },
  },
})
