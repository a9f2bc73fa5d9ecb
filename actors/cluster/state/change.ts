// A change: what a command has changed, in the order in which it happened; nodes act on it.
import type { Ended, MemberEnd } from './decision.ts'
import type { Home } from './home.ts'
import type { Member } from './member.ts'

/**
 * Why a root has another home. `claimed` · `released` it has ended · `moved` by compare and swap · `lost` its member is no more, and `to`
 * takes it over, or nobody does yet · `found` it had nobody, and now somebody can have it · `stopped` its member is no more, and its name free.
 */
export type HomeCause = 'claimed' | 'released' | 'moved' | 'lost' | 'found' | 'stopped'

export type ClusterChange =
  | { readonly type: 'member-joined'; readonly member: Member; readonly view: number }
  /** Its status, or what it says of itself. */
  | {
      readonly type: 'member-changed'
      readonly member: Member
      readonly before: Member
      readonly view: number
    }
  /** `member` as it was last. */
  | {
      readonly type: 'member-ended'
      readonly member: Member
      readonly end: MemberEnd
      readonly view: number
      readonly ended: Ended
    }
  /**
   * `from` and `to` are member numbers, 0 nobody. Of `released` and `stopped` the home is as it was last. All that happens to the homes of a
   * member that has ended comes before the next member's end, and after its own.
   */
  | {
      readonly type: 'home-changed'
      readonly top: string
      readonly from: number
      readonly to: number
      readonly epoch: number
      readonly cause: HomeCause
      readonly home: Home
    }
  | { readonly type: 'home-settled'; readonly home: Home }
  /** `from` still has it, and has to shed it, before `to` may begin; 0 if nobody has. */
  | {
      readonly type: 'shard-changed'
      readonly shard: number
      readonly from: number
      readonly to: number
      readonly epoch: number
    }
  | {
      readonly type: 'lease-changed'
      readonly name: string
      readonly from: number
      readonly to: number
      readonly epoch: number
    }
  | { readonly type: 'setting-changed'; readonly key: string; readonly value: string | undefined }
  | { readonly type: 'peer-revoked'; readonly peer: string }
  | { readonly type: 'peer-pardoned'; readonly peer: string }
