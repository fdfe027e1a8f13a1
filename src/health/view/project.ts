import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { isFields } from '../../k8s/fields.ts';
import { type KubeObject, LAST_APPLIED } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import { markerOf } from '../marker.ts';
import type { ViewObject } from './cluster-view.ts';
import type { ViewKind } from './kinds.ts';
import { POD_SPEC, PRUNED, TOKEN_VOLUME } from './prune.ts';
import { createSlimmer, DROP, type Prune, type Slimmer } from './slim.ts';

/** Longer annotations are data of tools: only their key is kept. */
const ANNOTATION_LENGTH = 1024;
const CUT_LENGTH = 64;

const EMPTY = Object.freeze({});
const NONE: readonly never[] = Object.freeze([]);

function annotationsOf(raw: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (key === LAST_APPLIED) continue;
    // An undo record holds the original value, which may be anything, so it is not kept.
    const length = key === ROLLBACK_DATA ? 1 : value.length > ANNOTATION_LENGTH ? CUT_LENGTH : ANNOTATION_LENGTH;
    kept[key] = sanitise(value, length);
  }
  return kept;
}

function metadataOf(object: KubeObject, slimmer: Slimmer): ViewObject['metadata'] {
  const { metadata } = object;
  const text = (value: string): string => slimmer.copy(value) as string;
  const shared = <T>(value: T | undefined, otherwise: T): T =>
    value === undefined ? otherwise : (slimmer.share(value) as T);
  const { namespace, generation, creationTimestamp, deletionTimestamp, resourceVersion } = metadata;
  const grace = (metadata as { deletionGracePeriodSeconds?: unknown }).deletionGracePeriodSeconds;
  return {
    name: sanitise(metadata.name),
    ...(namespace !== undefined && { namespace: text(namespace) }),
    uid: sanitise(metadata.uid ?? `${object.kind}/${namespace ?? ''}/${metadata.name}`),
    ...(typeof resourceVersion === 'string' && { resourceVersion: sanitise(resourceVersion) }),
    ...(typeof generation === 'number' && { generation }),
    ...(creationTimestamp !== undefined && { creationTimestamp: text(creationTimestamp) }),
    ...(deletionTimestamp !== undefined && { deletionTimestamp: text(deletionTimestamp) }),
    ...(typeof grace === 'number' && { deletionGracePeriodSeconds: grace }),
    labels: shared(metadata.labels, EMPTY),
    annotations: metadata.annotations === undefined ? EMPTY : shared(annotationsOf(metadata.annotations), EMPTY),
    finalizers: shared<readonly string[]>(metadata.finalizers, NONE),
    ownerReferences: shared<ViewObject['metadata']['ownerReferences']>(metadata.ownerReferences, NONE),
  };
}

const partOf = (prune: Prune | undefined, field: string): Prune | undefined => {
  const part = prune?.[field];
  return typeof part === 'object' ? part : undefined;
};

/** Keeps what pods and templates have in common as one object in memory, so that ten thousand pods need little. */
function podSpec(spec: Record<string, unknown>, slimmer: Slimmer): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(spec)) {
    const rule = POD_SPEC[field];
    if (rule === DROP || value === null || field === '__proto__') continue;
    made[field] =
      typeof value === 'object'
        ? slimmer.share(typeof rule === 'function' ? rule(value) : value, partOf(POD_SPEC, field), withoutTokenName)
        : slimmer.copy(value);
  }
  return made;
}

const withoutTokenName = (text: string): string => text.replaceAll(TOKEN_VOLUME, '');

/** The spec of an object; a pod template in it is shared like the pods that are made from it. */
function specOf(kind: ViewKind, spec: Record<string, unknown>, slimmer: Slimmer): Record<string, unknown> {
  if (kind === 'Pod') return podSpec(spec, slimmer);
  const prune = partOf(PRUNED[kind], 'spec');
  const made = slimmer.copy(spec, prune) as Record<string, unknown>;
  if (prune?.template !== DROP || !isFields(spec.template)) return made;
  const { metadata, spec: inner } = spec.template;
  const { labels, annotations } = isFields(metadata) ? metadata : {};
  return {
    ...made,
    template: {
      metadata: {
        labels: isFields(labels) ? slimmer.share(labels) : EMPTY,
        annotations: isFields(annotations) ? slimmer.share(annotationsOf(textsOf(annotations))) : EMPTY,
      },
      spec: isFields(inner) ? podSpec(inner, slimmer) : EMPTY,
    },
  };
}

const textsOf = (map: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).filter((pair): pair is [string, string] => typeof pair[1] === 'string'));

/** Converts objects to the form of the view. Create one projector for each view: it holds what its objects share. */
export function createProjector(): (kind: ViewKind, object: KubeObject) => ViewObject {
  const slimmer = createSlimmer();
  return (kind, object) => {
    const prune = PRUNED[kind];
    const marker = markerOf(object);
    const { apiVersion, kind: _kind, metadata: _metadata, spec, status, ...rest } = object;
    return {
      apiVersion: slimmer.copy(apiVersion) as string,
      kind,
      metadata: metadataOf(object, slimmer),
      spec: isFields(spec) ? specOf(kind, spec, slimmer) : EMPTY,
      status: isFields(status) ? (slimmer.copy(status, partOf(prune, 'status')) as Record<string, unknown>) : EMPTY,
      ...(slimmer.copy(rest, prune) as Record<string, unknown>),
      ...(marker && { marker }),
    };
  };
}
