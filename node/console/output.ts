// Output: where a console's words go. A contract; the terminal, a pipe and tests have one each.

/** A screen that is redrawn. */
export interface Screen {
  show(text: string): void
  /** Puts back what was there before. */
  giveBack(): void
}

export interface Output {
  /** One answer or record, without an end of line. */
  write(text: string): void
  /** Faults and notices for people, likewise. */
  notice(text: string): void
  /** Takes the whole screen; undefined where there is none. */
  takeScreen(onKey: (key: string) => void): Screen | undefined
}
