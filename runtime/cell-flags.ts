// The flags of a cell: what it is at the moment, as bits of one number.

// Mail is handled only while none of `blocked` is set.
/** An async handler or hook has not ended. */
export const busy = 1
/** An operator has suspended it: its messages wait, its signals do not. */
export const suspended = 2
/** Between two lives: not begun, failed, halted or waiting for a restart. */
export const down = 4
/** Gone for good. */
export const ended = 8
/** Takes no more mail. */
export const closed = 16
/** Somebody traces it. */
export const traced = 32
/** A halt is under way: children end, then the hook runs. */
export const halting = 64
/** The message in hand was set aside by its handler. */
export const stashing = 128
/** To be killed as soon as the code that runs now has ended. */
export const doomed = 256
/** An async start has not ended; with `busy`. */
export const starting = 512
/** Its end was ordered from above: nobody asks for its restart type. */
export const ordered = 1024
/** Holds still because it is about to move: its mail and its signals wait. */
export const paused = 2048
/** Captured: it lives on elsewhere, or will live on here if the move is given up. Whoever looks for it has to look elsewhere. */
export const away = 4096
/** A quiescence waits until it has come to rest. */
export const restless = 8192
export const blocked: number = busy | suspended | down | ended | doomed | paused | away
/** Signals are heard only while none of these is set. */
export const deaf: number = busy | ended | doomed | paused | away
/** It has come here from elsewhere, and what was sent to it from here before may still be on its way: who sends now must wait for that. */
export const settling = 16384
/** Commits of it are under way or staged, or could not be kept: the handler that runs is not over before they are safe. */
export const committing = 32768
/** Here is nobody to whom a message may be handed straight away. */
export const absent: number = ended | away | settling
