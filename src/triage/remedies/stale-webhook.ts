import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { managerOf, type Remedy } from './remedy.ts';

/** Deletes a webhook configuration that is certainly stale, after the whole of it was saved. */
export const deleteStaleWebhook: Remedy = {
  name: 'delete-stale-webhook',
  title: 'delete the stale',
  about:
    'Deletes the webhook configuration, after all of it was saved on this machine: its Service is gone and nothing installs it any more.',
  isReversible: true,
  saves: true,
  fits: ({ rule }) => rule === 'webhook/stale',
  plan({ object }) {
    const keeper = managerOf(object);
    // The rule found no keeper, but the object names one, who would create it again. One of the two is wrong, so
    // nothing is deleted.
    if (keeper !== undefined) return { refusal: `${nameOf(refOf(object))} is not deleted: ${keeper}` };
    const { uid, resourceVersion } = object.metadata;
    return {
      writes: [
        {
          verb: 'delete',
          on: refOf(object),
          precondition: { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) },
          says: `delete ${nameOf(refOf(object))}, saved before`,
        },
      ],
      undo: 'mayday fix --put-back FILE makes it again',
      warnings: [],
    };
  },
  isDone: (_before, after) => after === undefined,
};
