// A trust task: something that can be done to the keys in a node's folder, with its types.
import type { KeyInput, TrustDesk } from './trust-desk.ts'
import type { Signature } from '../verbs/verb.ts'
import type { View } from './command.ts'

/** What each takes. */
export interface FolderInput extends KeyInput {
  readonly folder: string
}

/** Its own parameters: those of `FolderInput` all tasks have. */
export interface TrustTask<I, D> extends Signature<Omit<I, keyof FolderInput>>, View<D> {
  run(desk: TrustDesk, input: I): Promise<D>
}
