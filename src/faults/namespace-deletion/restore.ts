import type { FoundInjection } from '../../injection/found-injection.ts';
import { objectIn } from '../../injection/live.ts';
import { heldBy } from '../../injection/plan/deletion-plan.ts';
import { isInjected, readMayday } from '../../injection/record/envelope.ts';
import { goJson } from '../../injection/record/go-json.ts';
import { MAYDAY, namespaceBackupName } from '../../injection/record/markers.ts';
import { corrupt } from '../../injection/record/record.ts';
import { dropBackup } from '../../injection/restore/drop-backup.ts';
import { patchOf } from '../../injection/write/patch-of.ts';
import type { Write } from '../../injection/write/write.ts';
import { mapAt, mapOperations } from '../../k8s/json-patch.ts';
import type { Json, KubeObject, ObjectRef } from '../../k8s/object.ts';
import { isTerminating } from '../../k8s/pod.ts';
import { own } from '../../text/own.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { sideBySide } from '../../text/side-by-side.ts';
import type { Live, Read, Restore } from '../contract.ts';

type Texts = Record<string, string>;

/** The two maps that a namespace's backup holds. */
interface KeptMetadata {
  labels: Texts;
  annotations: Texts;
}

const NAMESPACE = 'namespace';
const PREFIX = namespaceBackupName('');
/** Where the framework's command line and its controller keep these backups. */
const TRUSTED_NAMESPACES = ['default', 'operator-chaos-system'];
/**
 * OpenShift assigns these annotations (ranges of user ids and the like) to every new namespace. The former ranges may
 * belong to another namespace by now, so they are not restored.
 */
const ASSIGNED_PREFIX = 'openshift.io/sa.scc.';
const NAME_LABEL = 'kubernetes.io/metadata.name';

export const namespaceRef = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Namespace', name });

/** The backup of a namespace, which must be in another namespace. */
export const namespaceBackupRef = (name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'default',
  name: namespaceBackupName(name),
});

/** The data of the backup: each map as the framework's JSON, `null` for a missing map. */
export const backupData = ({ metadata }: KubeObject): Texts => ({
  labels: goJson(metadata.labels ?? null),
  annotations: goJson(metadata.annotations ?? null),
});

/** The text whose digest mayday's facts hold, because the framework's backup format has no checksum. */
export const backupText = (data: Texts): string =>
  goJson({ annotations: data.annotations ?? '', labels: data.labels ?? '' });

export function restoreNamespaceReads(found: FoundInjection): Read[] {
  const name = nameIn(found.live);
  return name === undefined ? [] : [{ key: NAMESPACE, get: namespaceRef(name) }];
}

const nameIn = ({ kind, metadata: { name } }: KubeObject): string | undefined =>
  kind === 'ConfigMap' && name.length > PREFIX.length && name.startsWith(PREFIX)
    ? name.slice(PREFIX.length)
    : undefined;

/** Restores labels and annotations. The former content of the namespace cannot be restored, and the messages say so. */
export function restoreNamespace(found: FoundInjection, live: Live): Restore {
  const backup = found.live;
  const name = nameIn(backup);
  const kept = name === undefined ? 'its name is not the name of a namespace backup' : metadataIn(backup, name);
  if (typeof kept === 'string' || name === undefined) return corrupt(backup, String(kept));
  const seen = objectIn(live, NAMESPACE);
  if (seen.state === 'blind' || seen.state === 'unread')
    return corrupt(backup, `whether Namespace ${name} exists cannot be read`);
  if (seen.state === 'absent') return createAgain(backup, name, kept);
  if (isTerminating(seen.value)) {
    const says = `Namespace ${name} is still Terminating${sanitise(terminationReasons(seen.value), 300)}: waiting until it is gone; the backup is kept`;
    return { is: 'restore', writes: [], says };
  }
  const { uid } = readMayday(backup.metadata.annotations?.[MAYDAY]) ?? {};
  if (uid !== undefined && uid === seen.value.metadata.uid)
    return {
      is: 'already-restored',
      writes: [dropBackup(backup)],
      says: `Namespace ${name} was never deleted`,
    };
  return restoreMissing(backup, seen.value, kept);
}

function terminationReasons(namespace: KubeObject): string {
  const conditions =
    (namespace.status as { conditions?: { status?: string; message?: string }[] } | undefined)?.conditions ?? [];
  const reasons = conditions.filter(({ status }) => status === 'True').map(({ message = '' }) => message);
  return `${heldBy(namespace)}${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`;
}

function metadataIn(backup: KubeObject, name: string): KeptMetadata | string {
  const data = mapAt(backup, ['data']) ?? {};
  const recorded = readMayday(backup.metadata.annotations?.[MAYDAY])?.injected;
  if (recorded !== undefined && !isInjected(backupText(data), recorded))
    return 'its data does not match the recorded digest';
  const labels = textsOf(data.labels);
  const annotations = textsOf(data.annotations);
  if (labels === undefined || annotations === undefined) return 'its labels or annotations are no JSON object of texts';
  const called = labels[NAME_LABEL] ?? name;
  return called === name ? { labels, annotations } : `it holds the labels of Namespace ${sanitise(called, 80)}`;
}

/** A JSON object of texts; `null` is an empty one. */
function textsOf(text: string | undefined): Texts | undefined {
  try {
    const value = JSON.parse(text ?? '') as unknown;
    if (value === null) return {};
    const isMap = typeof value === 'object' && !Array.isArray(value);
    return isMap && Object.values(value).every(one => typeof one === 'string') ? (value as Texts) : undefined;
  } catch {
    return undefined;
  }
}

const withoutAssigned = (annotations: Texts): Texts =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith(ASSIGNED_PREFIX)));

function createAgain(backup: KubeObject, name: string, kept: KeptMetadata): Restore {
  const annotations = withoutAssigned(kept.annotations);
  const metadata = { name, labels: kept.labels, annotations };
  const create: Write = {
    verb: 'create',
    on: namespaceRef(name),
    body: { apiVersion: 'v1', kind: 'Namespace', metadata },
    precondition: { absent: true },
    says: `create Namespace ${name} again`,
    owners: readMayday(backup.metadata.annotations?.[MAYDAY])?.owners,
  };
  const isWhole = Object.keys(annotations).length === Object.keys(kept.annotations).length;
  const left = isWhole ? '' : `; OpenShift assigns new ${ASSIGNED_PREFIX}* annotations`;
  if (TRUSTED_NAMESPACES.includes(backup.metadata.namespace ?? '')) {
    const says = `create Namespace ${name} again with its labels and annotations${left}; its contents cannot be restored`;
    return {
      is: 'restore',
      writes: [create],
      again: true,
      says,
      shown: { original: shown(kept), live: '(not there)' },
    };
  }
  return {
    is: 'diverged',
    writes: [create],
    again: true,
    original: shown(kept),
    injected: '(no namespace)',
    live: '(no namespace)',
    says: `a backup of Namespace ${name} is in ${backup.metadata.namespace}, where any user who may write ConfigMaps could have made it to get a namespace created: check it first`,
  };
}

/** For a namespace that exists: it was never deleted, or it was created again by mayday or by somebody else. */
function restoreMissing(backup: KubeObject, namespace: KubeObject, kept: KeptMetadata): Restore {
  const { labels = {}, annotations = {} } = namespace.metadata;
  const missing: KeptMetadata = {
    labels: missingFrom(labels, kept.labels),
    annotations: missingFrom(annotations, withoutAssigned(kept.annotations)),
  };
  const name = namespace.metadata.name;
  if (Object.keys({ ...missing.labels, ...missing.annotations }).length === 0) {
    return {
      is: 'already-restored',
      writes: [dropBackup(backup)],
      says: `Namespace ${name} is there with its labels and annotations`,
      victim: { object: namespace, owners: readMayday(backup.metadata.annotations?.[MAYDAY])?.owners },
    };
  }
  const put = patchOf(
    namespace,
    [
      ...mapOperations(namespace, ['metadata', 'labels'], { set: missing.labels }),
      ...mapOperations(namespace, ['metadata', 'annotations'], { set: missing.annotations }),
    ],
    { says: `restore the labels and annotations of Namespace ${name}`, atVersion: true },
  );
  const [was, now] = sideBySide([missing, { labels, annotations }].map(textOf)) as [Clean, Clean];
  return {
    is: 'diverged',
    writes: [put],
    again: true,
    original: was,
    injected: '(no namespace)',
    live: now,
    says: `Namespace ${name} is there without all of its former labels and annotations`,
  };
}

const missingFrom = (now: Texts, was: Texts): Texts =>
  Object.fromEntries(Object.entries(was).filter(([key, value]) => own(now, key) !== value));

const textOf = (metadata: KeptMetadata): string => JSON.stringify(metadata as unknown as Json);
const shown = (metadata: KeptMetadata): string => sanitise(textOf(metadata), 400);
