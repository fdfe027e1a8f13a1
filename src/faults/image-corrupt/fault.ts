import { deploymentReads } from '../../injection/reach/rollout.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { type ImageCorruptParams, plan } from './plan.ts';
import { restoreImage } from './restore.ts';

/** In a registry that cannot exist: the top-level domain `invalid` is reserved (RFC 2606). */
const DEFAULT_IMAGE = 'registry.invalid/nonexistent:chaos';

/** Replaces a Deployment's image by one that cannot be pulled; the original goes into plain annotations beside it. */
export const imageCorrupt: Fault<ImageCorruptParams> = {
  type: 'ImageCorrupt',
  appliesTo,
  parse: ({ name = '', containerName, image }) => ({
    name,
    ...(containerName === undefined || containerName === '' ? {} : { containerName }),
    image: image === undefined || image === '' ? DEFAULT_IMAGE : image,
  }),
  reads: deploymentReads,
  plan,
  effectReads: (params, made, live) => deploymentReads(params, made.scope, live),
  effect,
  restoreReads: () => [],
  restore: restoreImage,
};
