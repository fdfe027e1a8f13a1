import type { Live, Read, Restore } from '../../faults/contract.ts';
import { differingParts } from '../../k8s/differing-parts.ts';
import { time } from '../../k8s/fields.ts';
import { type KubeObject, LAST_APPLIED, type OwnerReference } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isTerminating } from '../../k8s/pod.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { sideBySide } from '../../text/side-by-side.ts';
import type { FoundInjection } from '../found-injection.ts';
import { objectIn } from '../live.ts';
import { heldBy, TARGET } from '../plan/deletion-plan.ts';
import { hasSameName } from '../reach/owners.ts';
import { type BackupFormat, originalIn } from '../record/backup-format.ts';
import { sha256 } from '../record/envelope.ts';
import { type GoValue, goJson } from '../record/go-json.ts';
import { contains } from '../record/member.ts';
import { corrupt } from '../record/record.ts';
import type { Write } from '../write/write.ts';
import { tokenMissing } from './account-token.ts';
import { dropBackup } from './drop-backup.ts';
import { type Recreation, recreation, recreationReads } from './recreate.ts';

/** How a fault type restores a deleted object. */
export interface DeletedRestore {
  format: BackupFormat;
  /** Removes fields from the original that must not be restored. */
  prepare?(body: KubeObject): KubeObject;
  /** Whether a new object of that name counts as the restored original; by default, if its content is the same. */
  isRestored?(live: KubeObject, body: KubeObject): boolean;
  /** What else was lost with the object and is not restored, as a sentence; beside what it owned. */
  missing?(original: KubeObject): string | undefined;
  /** Why a person must confirm before the object is created; undefined if nobody must. */
  doubt?(original: KubeObject): string | undefined;
}

/** Reads the deleted object; if it does not exist, also everything that creating it again depends on. */
export function deletedRestoreReads({ format }: DeletedRestore, found: FoundInjection, live: Live): Read[] {
  const original = originalIn(format, found.live);
  if (typeof original === 'string') return [];
  const { uid: _uid, ...ref } = refOf(original);
  const reads: Read[] = [{ key: TARGET, get: ref }];
  const seen = objectIn(live, TARGET);
  const isNeeded =
    seen.state === 'absent' || (seen.state === 'found' && seen.value.metadata.uid !== original.metadata.uid);
  return isNeeded ? [...reads, ...recreationReads(original)] : reads;
}

/**
 * Creates a deleted object again, and deletes the backup only after the object was read and is complete and not
 * Terminating. A Terminating object counts as missing, because soon only the backup will be left.
 */
export function restoreDeleted(deleted: DeletedRestore, found: FoundInjection, live: Live): Restore {
  const backup = found.live;
  const original = originalIn(deleted.format, backup);
  if (typeof original === 'string') return corrupt(backup, original);
  const { uid: _uid, ...ref } = refOf(original);
  const name = nameOf(ref);
  const seen = objectIn(live, TARGET);
  if (seen.state === 'blind' || seen.state === 'unread')
    return corrupt(backup, `whether ${name} exists cannot be read`);
  if (seen.state === 'absent') return createAgain(deleted, backup, original, live);
  if (isTerminating(seen.value)) {
    const says = `${name} is still Terminating${sanitise(heldBy(seen.value), 200)}: waiting until it is gone; the backup is kept`;
    return { is: 'restore', writes: [], says };
  }
  if (seen.value.metadata.uid === original.metadata.uid)
    return {
      is: 'already-restored',
      writes: [dropBackup(backup)],
      says: `${name} was never deleted`,
    };
  return restoreExisting(deleted, backup, { original, is: seen.value, live });
}

/** The garbage collector identifies owners by uid, and the recreated object has a new one. */
const OWNED =
  'objects that had it as their owner were garbage-collected with it; only their controllers can create them again';

/** Nothing can be written before the cluster has what is missing. */
const waiting = (says: string): Restore => ({ is: 'restore', writes: [], soon: true, says: sanitise(says) });

function createAgain(deleted: DeletedRestore, backup: KubeObject, original: KubeObject, live: Live): Restore {
  const made = prepared(deleted, original, live);
  if (made.blind !== undefined) return corrupt(backup, made.blind);
  const ref = refOf(made.body);
  if (made.waits !== undefined) return waiting(`${nameOf(ref)} cannot be created yet: ${made.waits}`);
  const notAsItWas = [...made.left, ...(made.lost === undefined ? [] : [made.lost])].map(phrase => `, ${phrase}`);
  const missing = [OWNED, deleted.missing?.(original) ?? []].flat().map(sentence => `; ${sentence}`);
  const left = [...notAsItWas, ...missing].join('');
  const create: Write = {
    verb: 'create',
    on: ref,
    body: made.body,
    precondition: { absent: true },
    says: `create ${nameOf(ref)} again`,
    owners: original.metadata.managedFields,
  };
  const writes = [...made.before, create];
  const doubt = deleted.doubt?.(original);
  if (doubt === undefined)
    return {
      is: 'restore',
      writes,
      again: true,
      says: sanitise(`create ${nameOf(ref)} again${left}`),
      shown: { original: shown(original), live: '(not there)' },
      ...formerly(original),
    };
  return {
    is: 'diverged',
    writes,
    again: true,
    original: shown(original),
    injected: '(not there)',
    live: '(not there)',
    says: `${nameOf(refOf(backup))}: ${doubt}`,
    ...formerly(original),
  };
}

/** Where and when the original was created, by what the backup says. */
function formerly({
  metadata: { namespace, creationTimestamp },
}: KubeObject): Pick<Restore & { is: 'restore' }, 'former'> {
  const createdAt = time(creationTimestamp);
  return namespace === undefined || createdAt === undefined ? {} : { former: { namespace, createdAt } };
}

function prepared({ prepare }: DeletedRestore, object: KubeObject, live: Live, original = object): Recreation {
  const made = recreation(object, live, original);
  return prepare === undefined ? made : { ...made, body: prepare(made.body) };
}

/**
 * For an object of that name that exists now: either it is the original again, or it is another one, and a person
 * decides.
 */
function restoreExisting(
  deleted: DeletedRestore,
  backup: KubeObject,
  of: { original: KubeObject; is: KubeObject; live: Live },
): Restore {
  const { original, is: current, live } = of;
  const made = prepared(deleted, original, live);
  const name = nameOf(refOf(made.body));
  const waits = made.waits ?? tokenMissing(current, live);
  if (waits !== undefined) return waiting(`${name} exists again, but ${waits}; the backup is kept`);
  // Without the fields that only the server sets, like the original.
  const comparable = { ...prepared(deleted, current, live, original).body, metadata: current.metadata };
  if (deleted.isRestored?.(comparable, made.body) ?? sameContent(comparable, made.body))
    return {
      is: 'already-restored',
      writes: [dropBackup(backup)],
      says: sameContent(
        { ...recreation(current, live, original).body, metadata: current.metadata },
        recreation(original, live).body,
      )
        ? `${name} exists again${made.lost === undefined ? ' with its original content' : `, ${made.lost}`}`
        : `${name} exists again, created by its own controller`,
      victim: { object: current, owners: original.metadata.managedFields },
      ...formerly(original),
    };
  if (made.blind !== undefined) return corrupt(backup, made.blind);
  const [was, now] = sideBySide(textsOfDifference(original, current)) as [Clean, Clean];
  return {
    is: 'diverged',
    writes: [replaceWrite(current, made.body, original)],
    again: true,
    original: was,
    injected: '(not there)',
    live: now,
    says: `${name} was created again and differs from the original (${differences(comparable, made.body).join(', ')}), which only the backup holds`,
    ...formerly(original),
  };
}

/** Fields that the server assigns, to a Service above all. With other values it is still the same Service for everybody who uses its name. */
const ASSIGNED = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort', 'volumeName'];
/** Annotations that tools and controllers write for themselves. */
const TOOL_ANNOTATIONS = [LAST_APPLIED, 'deployment.kubernetes.io/revision'];
/** Finalizers that Kubernetes' own controllers add again by themselves. */
const ADDED_AGAIN = /^([^/]+\.)?kubernetes\.io\//;
/** Members that must be equal; one more entry is different content. */
const EQUAL_MEMBERS = ['data', 'binaryData', 'stringData', 'type'];

/**
 * Whether `live` has the content of `body`, apart from fields that servers assign. An additional member in the spec is different content:
 * the recorded object already had its defaults, and `paused: true` or one more label in a selector changes what an object does.
 */
export const sameContent = (live: KubeObject, body: KubeObject): boolean => differences(live, body).length === 0;

/** The members of `live` that are not what `body` says, by name. */
function differences(live: KubeObject, body: KubeObject): string[] {
  const { metadata, apiVersion: _apiVersion, kind: _kind, ...content } = comparableContent(body);
  const { labels = {}, annotations = {}, ownerReferences = [], finalizers = [] } = metadata;
  const isSame = (key: string): boolean =>
    contains(live[key], content[key]) &&
    (!EQUAL_MEMBERS.includes(key) || contains(content[key] ?? {}, live[key] ?? {}));
  const added = EQUAL_MEMBERS.filter(key => !(key in content) && !contains({}, live[key] ?? {}));
  const isOwned = (owner: OwnerReference): boolean =>
    (live.metadata.ownerReferences ?? []).some(other => other.uid === owner.uid && hasSameName(other, owner));
  const isKept = (finalizer: string): boolean =>
    ADDED_AGAIN.test(finalizer) || (live.metadata.finalizers ?? []).includes(finalizer);
  return [
    ...Object.keys(content).filter(key => key !== 'spec' && !isSame(key)),
    ...added,
    ...(isSameSpec(live, content) ? [] : ['spec']),
    ...(contains(live.metadata.labels ?? {}, labels) ? [] : ['labels']),
    ...(contains(live.metadata.annotations ?? {}, withoutToolAnnotations(annotations)) ? [] : ['annotations']),
    ...(ownerReferences.every(isOwned) ? [] : ['owner references']),
    ...(finalizers.every(isKept) ? [] : ['finalizers']),
  ];
}

const withoutToolAnnotations = (annotations: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => !TOOL_ANNOTATIONS.includes(key)));

const isSameSpec = (live: KubeObject, { spec = {} }: { spec?: unknown }): boolean =>
  contains(live.spec ?? {}, spec) && contains(spec, comparableContent(live).spec ?? {});

function comparableContent(body: KubeObject): KubeObject {
  const { spec } = body;
  if (typeof spec !== 'object' || spec === null) return body;
  const entries = Object.entries(spec).filter(([key]) => !ASSIGNED.includes(key));
  const ports = (spec as { ports?: unknown }).ports;
  const unnumbered = Array.isArray(ports) && body.kind === 'Service' ? { ports: ports.map(portWithout) } : {};
  return { ...body, spec: { ...Object.fromEntries(entries), ...unnumbered } };
}

const portWithout = (port: object) => Object.fromEntries(Object.entries(port).filter(([key]) => key !== 'nodePort'));

/** Replaces exactly the version that was read. The fields that the server assigned stay, and so do other annotations. */
function replaceWrite(current: KubeObject, body: KubeObject, original: KubeObject): Write {
  const { uid, resourceVersion } = current.metadata;
  const bound = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const annotations = { ...current.metadata.annotations, ...body.metadata.annotations };
  const notes = Object.keys(annotations).length === 0 ? {} : { annotations };
  const given = Object.entries((current.spec ?? {}) as object).filter(([key]) => ASSIGNED.includes(key));
  const spec = body.spec === undefined ? {} : { spec: { ...(body.spec as object), ...Object.fromEntries(given) } };
  return {
    verb: 'replace',
    on: refOf(current),
    body: { ...body, ...spec, metadata: { ...body.metadata, ...notes, ...bound } },
    precondition: bound,
    says: `replace ${nameOf(refOf(current))} with the original`,
    owners: original.metadata.managedFields,
  };
}

/** The parts of two objects that differ, for the screen; of Secrets only size and digest. */
function textsOfDifference(original: KubeObject, current: KubeObject): [string, string] {
  if (original.kind === 'Secret') return [textOf(original), textOf(current)];
  const [was, now] = differingParts(contentCompared(original), contentCompared(current));
  return [goJson((was ?? {}) as GoValue), goJson((now ?? {}) as GoValue)];
}

/** An object for the screen; of a Secret only size and digest. */
function textOf(object: KubeObject): string {
  const text = goJson(contentShown(object) as GoValue);
  return object.kind === 'Secret'
    ? `(secret, ${Buffer.byteLength(text)} bytes, sha256:${sha256(text).slice(0, 12)})`
    : text;
}

function contentShown({ metadata, status: _status, ...content }: KubeObject): Record<string, unknown> {
  const { labels, annotations, ownerReferences, finalizers } = metadata;
  return { ...content, labels, annotations, ownerReferences, finalizers };
}

/** The same without what the server assigns, and without the annotations that tools and controllers write for themselves. */
function contentCompared(object: KubeObject): Record<string, unknown> {
  const { annotations = {}, ...metadata } = object.metadata;
  const own = withoutToolAnnotations(annotations);
  const noted = Object.keys(own).length === 0 ? metadata : { ...metadata, annotations: own };
  return contentShown({ ...comparableContent(object), metadata: noted });
}
const shown = (object: KubeObject): string => sanitise(textOf(object), 400);
