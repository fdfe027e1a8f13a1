import type { Since } from '../../health/trouble.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import type { Clean } from '../../text/sanitise.ts';

/**
 * How bad a finding is. `critical` and `high` make their gate FAIL (`critical`: the damage spreads beyond the object), `warn` makes it
 * WARN, `info` changes nothing.
 */
export type Severity = 'critical' | 'high' | 'warn' | 'info';

/** One way to fix a finding. */
export interface Fix {
  /** What to do and what it changes, one sentence. */
  text: Clean;
  /** A command line to copy, quoted for a POSIX shell, with namespace and context. */
  command?: Clean;
  /** Whether it loses nothing and can be undone. */
  safe: boolean;
}

/** Names an object whose own finding would explain this one. `rule` narrows it to one rule or one area (`quota/`). */
export interface Cause {
  kind: string;
  namespace?: string;
  name: string;
  rule?: string;
}

/** One thing that is wrong with one object, as a rule found it. */
export interface Finding {
  /** `area/what`, the id of the rule. */
  rule: string;
  severity: Severity;
  object: ObjectRef;
  /** What is wrong, one line, without the object's name. */
  summary: Clean;
  since?: Since;
  /** Lines that quote fields of the cluster's own objects: `status.conditions[Ready]: False, KubeletNotReady`. */
  evidence: Clean[];
  /** Why, as far as the rule knows. */
  cause?: Clean;
  fixes: Fix[];
  /** Objects that would explain this finding if they have a finding of their own. Without one of them this finding is a root. */
  because: Cause[];
  /**
   * Objects whose findings follow from this one, although their own rules cannot know that. `rule` narrows as in
   * `because`.
   */
  explains?: Cause[];
}
