import type { ViewObject } from '../../health/view/cluster-view.ts';
import { fields, list, number, text } from '../../k8s/fields.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { conditions } from '../facts/fields.ts';
import { refOf } from '../finding/build.ts';
import { outlookOf, type Triage, unsettledRoots } from '../finding/result.ts';
import { nameText } from './about.ts';

/** Whether an object is healthy, as far as triage can say. */
export type Wellness = 'well' | 'not well' | 'unsettled' | 'unknown';

/** The examined object, its related objects, and what triage found on all of them. */
export interface ObjectLook {
  object: ViewObject;
  related: readonly ViewObject[];
  triage: Triage;
}

const WORDS: Readonly<Record<Wellness, string>> = {
  well: 'is healthy',
  'not well': 'is not healthy',
  unsettled: 'has not settled yet',
  unknown: 'may be healthy: not everything could be read',
};

function wellnessOf({ triage }: ObjectLook): Wellness {
  const outlook = outlookOf(triage);
  if (outlook === 'failed') return 'not well';
  if (outlook === 'blind') return 'unknown';
  return unsettledRoots(triage).length > 0 ? 'unsettled' : 'well';
}

/** One line: whether the object is healthy, its state, and how many related objects were examined. */
export function objectText(look: ObjectLook): Clean {
  const own = stateText(look.object);
  const wellness = wellnessOf(look);
  const words = WORDS[wellness];
  const others = kindCounts(look.related.slice(1));
  return sanitise(
    `${nameText(refOf(look.object))} ${words}${own === '' ? '' : `: ${own}`}${others === '' ? '' : `; also examined: ${others}`}`,
  );
}

export const objectJson = (look: ObjectLook) => ({
  ...refOf(look.object),
  wellness: wellnessOf(look),
  state: stateText(look.object),
  related: look.related.slice(1).map(refOf),
});

function kindCounts(objects: readonly ViewObject[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of objects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}

/** The state of an object, in a few words. */
function stateText(object: ViewObject): string {
  const { spec, status, metadata } = object;
  const leaving = metadata.deletionTimestamp === undefined ? '' : ', being deleted';
  switch (object.kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
      return `${number(status.readyReplicas)} of ${number(spec.replicas, 1)} replicas ready${leaving}`;
    case 'DaemonSet':
      return `${number(status.numberReady)} of ${number(status.desiredNumberScheduled)} pods ready${leaving}`;
    case 'Pod': {
      const containers = list(status.containerStatuses);
      const ready = containers.filter(container => container.ready === true).length;
      return `${text(status.phase)}, ${ready} of ${Math.max(containers.length, list(spec.containers).length)} containers ready${leaving}`;
    }
    case 'Application':
      return `${text(fields(status.sync).status)}, ${text(fields(status.health).status)}${leaving}`;
    default:
      return `${conditions(object)
        .map(({ type, status }) => `${type} ${status}`)
        .join(', ')}${leaving}`.replace(/^, /, '');
  }
}
