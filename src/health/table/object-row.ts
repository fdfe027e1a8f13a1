import type { ObjectRef } from '../../k8s/object.ts';
import type { State } from '../../text/glyphs.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { ViewObject } from '../view/cluster-view.ts';
import { stateText } from './object-state.ts';

/** One object as one row of a table. */
export interface ObjectRow {
  uid: string;
  ref: ObjectRef;
  state: State;
  /** Its state, in kubectl's words or from its own fields. */
  words: Clean;
  labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch; undefined when not known. */
  created: number | undefined;
}

/** The row of an object of any kind. */
export function objectRow(object: ViewObject): ObjectRow {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace, uid, labels, creationTimestamp, deletionTimestamp } = metadata;
  const { state, words } = stateText(object);
  const created = Date.parse(creationTimestamp ?? '');
  const isDying = deletionTimestamp !== undefined;
  return {
    uid,
    ref: { apiVersion, kind, ...(namespace !== undefined && { namespace }), name, uid },
    state: isDying && state === 'ok' ? 'warn' : state,
    words: sanitise(isDying ? `Terminating${words === '' ? '' : `, ${words}`}` : words, 300),
    labels,
    created: Number.isFinite(created) ? created : undefined,
  };
}
