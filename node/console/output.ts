// Output: where a console's words go. A contract; the terminal, a pipe and tests have one each.

/** A screen that is redrawn. */
export interface Screen {
  show(text: string): void
  /** Puts back what was there before. */
  giveBack(): void
}

/** One line that is redrawn in its place. */
export interface RedrawnLine {
  show(text: string): void
  /** Leaves nothing of it. */
  clear(): void
}

export interface Output {
  /** One answer or record, without an end of line. */
  write(text: string): void
  /** Faults and notices for people, likewise. */
  notice(text: string): void
  /** Takes the whole screen; undefined where there is none. */
  takeScreen(onKey: (key: string) => void): Screen | undefined
  /** A line below all that was written, until something else is; undefined where nothing can be redrawn. */
  takeLine(): RedrawnLine | undefined
}
