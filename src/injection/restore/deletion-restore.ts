import type { Live, Read, Restore } from '../../faults/contract.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isTerminating } from '../../k8s/pod.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { sideBySide } from '../../text/side-by-side.ts';
import type { FoundInjection } from '../found-injection.ts';
import { objectIn } from '../live.ts';
import { heldBy, TARGET } from '../plan/deletion-plan.ts';
import { type BackupFormat, keptIn } from '../record/backup-format.ts';
import { sha256 } from '../record/envelope.ts';
import { type GoValue, goJson } from '../record/go-json.ts';
import { contains } from '../record/member.ts';
import { corrupt } from '../record/record.ts';
import type { Write } from '../write/write.ts';
import { dropBackup } from './drop-backup.ts';
import { type Recreation, recreation, recreationReads } from './recreate.ts';

/** What differs from kind to kind when a deleted object is restored. */
export interface DeletedRestore {
  format: BackupFormat;
  /** Takes out of the original what must not come back. */
  prepare?(body: KubeObject): KubeObject;
  /** Whether a new object of that name is the original come back; equal in what people write, unless told. */
  isBack?(live: KubeObject, body: KubeObject): boolean;
  /** What else the deletion took away and does not come back with the object, as a sentence. */
  missing?: string;
  /** Why a person must look before this is created, undefined where nobody must. */
  doubt?(original: KubeObject): string | undefined;
}

/** The object that was deleted; where it is gone, all that its return depends on. */
export function deletedRestoreReads({ format }: DeletedRestore, found: FoundInjection, live: Live): Read[] {
  const original = keptIn(format, found.live);
  if (typeof original === 'string') return [];
  const { uid: _uid, ...ref } = refOf(original);
  const reads: Read[] = [{ key: TARGET, get: ref }];
  const seen = objectIn(live, TARGET);
  const isNeeded =
    seen.state === 'absent' || (seen.state === 'found' && seen.value.metadata.uid !== original.metadata.uid);
  return isNeeded ? [...reads, ...recreationReads(original)] : reads;
}

/**
 * Recreates a deleted object, and deletes the backup only when the object is seen to exist, complete and not
 * Terminating. A Terminating object counts as missing: soon only the backup will be left of it.
 */
export function restoreDeleted(deleted: DeletedRestore, found: FoundInjection, live: Live): Restore {
  const backup = found.live;
  const original = keptIn(deleted.format, backup);
  if (typeof original === 'string') return corrupt(backup, original);
  const { uid: _uid, ...ref } = refOf(original);
  const name = nameOf(ref);
  const seen = objectIn(live, TARGET);
  if (seen.state === 'blind' || seen.state === 'unread')
    return corrupt(backup, `whether ${name} is there cannot be read`);
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
  return compared(deleted, backup, { original, is: seen.value, live });
}

function createAgain(deleted: DeletedRestore, backup: KubeObject, original: KubeObject, live: Live): Restore {
  const made = prepared(deleted, original, live);
  if (made.blind !== undefined) return corrupt(backup, made.blind);
  const ref = refOf(made.body);
  const left = `${made.left.length === 0 ? '' : `, ${made.left.join(', ')}`}${deleted.missing === undefined ? '' : `; ${deleted.missing}`}`;
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
    };
  return {
    is: 'diverged',
    writes,
    again: true,
    original: shown(original),
    injected: '(not there)',
    live: '(not there)',
    says: `${nameOf(refOf(backup))}: ${doubt}`,
  };
}

function prepared({ prepare }: DeletedRestore, original: KubeObject, live: Live): Recreation {
  const made = recreation(original, live);
  return prepare === undefined ? made : { ...made, body: prepare(made.body) };
}

/**
 * Somebody has created an object of that name since: either the original again, or another one, about which a person
 * must decide.
 */
function compared(
  deleted: DeletedRestore,
  backup: KubeObject,
  of: { original: KubeObject; is: KubeObject; live: Live },
): Restore {
  const { original, is, live } = of;
  const made = prepared(deleted, original, live);
  const name = nameOf(refOf(made.body));
  // Without what only the server gives, as the original is compared.
  const comparable = { ...prepared(deleted, is, live).body, metadata: is.metadata };
  if (deleted.isBack?.(comparable, made.body) ?? sameContent(comparable, made.body))
    return {
      is: 'already-restored',
      writes: [dropBackup(backup)],
      says: sameContent(comparable, made.body)
        ? `${name} is there again as it was`
        : `${name} is there again, made anew by its own owner`,
      victim: { object: is, owners: original.metadata.managedFields },
    };
  if (made.blind !== undefined) return corrupt(backup, made.blind);
  const [was, now] = sideBySide([textOf(original), textOf(is)]) as [Clean, Clean];
  return {
    is: 'diverged',
    writes: [replacing(is, made.body, original)],
    again: true,
    original: was,
    injected: '(not there)',
    live: now,
    says: `${name} was created anew and differs from the original, which only the backup holds`,
  };
}

/**
 * What the server assigns to a Service. With other values it is still the same Service for everybody who uses its name.
 */
const ASSIGNED = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'healthCheckNodePort', 'volumeName'];
/** Written by tools and controllers beside what people mean. */
const TOOLS_OWN = ['kubectl.kubernetes.io/last-applied-configuration', 'deployment.kubernetes.io/revision'];
/** Maps that must be equal: an entry more is another content. */
const WHOLE = ['data', 'binaryData', 'stringData', 'type'];

/**
 * Whether `live` is what `body` says, apart from what servers assign. An additional member in its spec makes it another object: the
 * recorded one had its defaults already, and `paused: true` or one more label in a selector changes what an object does.
 */
export function sameContent(live: KubeObject, body: KubeObject): boolean {
  const { metadata, apiVersion: _apiVersion, ...content } = essential(body);
  const { labels = {}, annotations = {} } = metadata;
  const meant = Object.fromEntries(Object.entries(annotations).filter(([key]) => !TOOLS_OWN.includes(key)));
  const isWhole = WHOLE.every(key => !(key in body || key in live) || contains(body[key] ?? {}, live[key] ?? {}));
  return (
    isWhole &&
    contains(content.spec ?? {}, essential(live).spec ?? {}) &&
    contains(live.metadata.labels ?? {}, labels) &&
    contains(live.metadata.annotations ?? {}, meant) &&
    contains(live, content)
  );
}

function essential(body: KubeObject): KubeObject {
  const { spec } = body;
  if (typeof spec !== 'object' || spec === null) return body;
  const entries = Object.entries(spec).filter(([key]) => !ASSIGNED.includes(key));
  const ports = (spec as { ports?: unknown }).ports;
  const unnumbered = Array.isArray(ports) && body.kind === 'Service' ? { ports: ports.map(portWithout) } : {};
  return { ...body, spec: { ...Object.fromEntries(entries), ...unnumbered } };
}

const portWithout = (port: object) => Object.fromEntries(Object.entries(port).filter(([key]) => key !== 'nodePort'));

/** Bound to the version that is there now; what the server assigned to it stays, and so do other annotations. */
function replacing(is: KubeObject, body: KubeObject, original: KubeObject): Write {
  const { uid, resourceVersion } = is.metadata;
  const bound = {
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const annotations = { ...is.metadata.annotations, ...body.metadata.annotations };
  const notes = Object.keys(annotations).length === 0 ? {} : { annotations };
  const given = Object.entries((is.spec ?? {}) as object).filter(([key]) => ASSIGNED.includes(key));
  const spec = body.spec === undefined ? {} : { spec: { ...(body.spec as object), ...Object.fromEntries(given) } };
  return {
    verb: 'replace',
    on: refOf(is),
    body: { ...body, ...spec, metadata: { ...body.metadata, ...notes, ...bound } },
    precondition: bound,
    says: `replace ${nameOf(refOf(is))} with the original`,
    owners: original.metadata.managedFields,
  };
}

/** An object as a person may see it; a Secret only by size and digest. */
function textOf(object: KubeObject): string {
  const { metadata, status: _status, ...content } = object;
  const { labels, annotations } = metadata;
  const text = goJson({ ...content, labels, annotations } as unknown as GoValue);
  return object.kind === 'Secret'
    ? `(secret, ${Buffer.byteLength(text)} bytes, sha256:${sha256(text).slice(0, 12)})`
    : text;
}
const shown = (object: KubeObject): string => sanitise(textOf(object), 400);
