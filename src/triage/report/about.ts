import type { ObjectRef } from '../../k8s/object.ts';
import { counted } from '../../text/counted.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';

/** The cluster, user and time of a triage; `now` is server time in milliseconds. */
export interface About {
  context: string;
  server: string;
  user: string;
  now: number;
}

/** `Deployment shop/web`. */
export const nameText = ({ kind, namespace, name }: ObjectRef): Clean =>
  sanitise(`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);

/** `1 follows`, `3 follow`. */
export const followText = (count: number): string => counted(count, 'follows', 'follow');
