// A witness: a root that writes down each message that it handles, with the life of it that did and when.
import { defineActor } from 'troupe'
import { say } from './witnessed.ts'

export interface Numbered {
  readonly id: string
  readonly from: string
  readonly seq: number
}

let lives = 0

export const witness = defineActor('witness', {
  state: () => ({ life: ++lives }),
  on: {
    count({ state, path }, message: Numbered) {
      say({ type: 'received', by: path, life: state.life, ...message })
      say({ type: 'handled', by: path, life: state.life, id: message.id })
    },
    echo({ state, path }, message: Numbered) {
      say({ type: 'received', by: path, life: state.life, ...message })
      say({ type: 'handled', by: path, life: state.life, id: message.id })
      return message.id
    },
  },
})
