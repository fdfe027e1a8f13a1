import type { AppliedState } from './state.ts';

/** How following ended. `seen` is the last state that was read. */
export type End =
  /** Its controller has finished with it. */
  | { is: 'over'; seen: AppliedState }
  /** It was deleted, or another object has its name. */
  | { is: 'gone'; seen?: AppliedState }
  /** No controller took it within the time limit. */
  | { is: 'nobody'; seen: AppliedState }
  | { is: 'time-up'; seen?: AppliedState }
  /** The user stopped following. */
  | { is: 'left'; seen?: AppliedState };
