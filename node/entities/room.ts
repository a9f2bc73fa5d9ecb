// Room: whether one more entity may be awake; a decision.

export interface RoomFacts {
  /** Those of its definition that are awake or are being woken. */
  readonly resident: number
  readonly residentMax: number
  /** Those of all definitions. */
  readonly nodeResident: number
  readonly nodeResidentMax: number
}

/** `room` · `kind-full` one of the same definition has to sleep first · `node-full` any. */
export function roomFor(facts: RoomFacts): 'room' | 'kind-full' | 'node-full' {
  if (facts.resident >= facts.residentMax) return 'kind-full'
  return facts.nodeResident >= facts.nodeResidentMax ? 'node-full' : 'room'
}
