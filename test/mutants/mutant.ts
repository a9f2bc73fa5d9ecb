// A mutant: one bug as one change to one place of the product's code.

export interface Mutant {
  /** What is wrong, as a sentence in few words; also the name to run it alone. */
  readonly name: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly plant: string
  /** The tests that have to see it; without it those of the kernel. */
  readonly tests?: readonly string[]
}
