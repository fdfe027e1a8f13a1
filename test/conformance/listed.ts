/** A difference that stays, and why. */
export interface Listed {
  /** `scenario/step`, or `scenario/*`. */
  readonly where: string;
  /** Matches the lines of the differences that are meant. */
  readonly differs: RegExp;
  readonly because: string;
}

/** Where the sandbox answers otherwise than the real server. */
export const LISTED: readonly Listed[] = [];
