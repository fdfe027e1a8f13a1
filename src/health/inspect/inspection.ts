import type { ObjectRef } from '../../k8s/object.ts';
import type { State } from '../../text/glyphs.ts';
import type { Clean } from '../../text/sanitise.ts';

/** One row about an object. `state` says whether it is good or bad. */
export interface InspectionRow {
  text: Clean;
  state?: State;
  /** Rows are indented by this many steps. */
  depth?: number;
  /** The object this row is about, when it is another one. */
  object?: ObjectRef;
}

export interface InspectionSection {
  title: string;
  rows: readonly InspectionRow[];
  /** Set where the section could not be read, or not all of it. */
  blind?: Clean;
}

/** An object with everything that was read about it. All text is sanitised; values of Secrets are left out. */
export interface Inspection {
  object: ObjectRef;
  sections: readonly InspectionSection[];
  yaml: readonly Clean[];
  /** Containers whose logs can be read; of pods only. */
  containers: readonly Clean[];
}
