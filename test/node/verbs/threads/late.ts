// A module that is loaded when the threads are up already.
import { defineActor } from 'troupe'

export const late = defineActor('late', { on: { hello: () => 'here' } })
