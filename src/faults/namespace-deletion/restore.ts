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

/** What a namespace's backup keeps: these two maps and nothing else. */
interface KeptMetadata {
  labels: Texts;
  annotations: Texts;
}

const NAMESPACE = 'namespace';
const PREFIX = namespaceBackupName('');
/** Where the framework's command line and its controller keep these backups. */
const SAFE = ['default', 'operator-chaos-system'];
/**
 * Ranges of user ids and the like, which are assigned anew to every namespace: the old ones may belong to another by
 * now.
 */
const GIVEN_OUT = 'openshift.io/sa.scc.';
const NAME_LABEL = 'kubernetes.io/metadata.name';

export const namespaceRef = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'Namespace', name });

/** Where the backup of a namespace is kept: never in the namespace itself. */
export const namespaceBackupRef = (name: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'default',
  name: namespaceBackupName(name),
});

/** The backup's data: each map as the JSON that the framework writes, `null` where there is none. */
export const keptData = ({ metadata }: KubeObject): Texts => ({
  labels: goJson(metadata.labels ?? null),
  annotations: goJson(metadata.annotations ?? null),
});

/** The text whose digest our facts hold, since the backup's own format has no checksum. */
export const keptEssence = (data: Texts): string =>
  goJson({ annotations: data.annotations ?? '', labels: data.labels ?? '' });

export function restoreNamespaceReads(found: FoundInjection): Read[] {
  const name = nameIn(found.live);
  return name === undefined ? [] : [{ key: NAMESPACE, get: namespaceRef(name) }];
}

const nameIn = ({ kind, metadata: { name } }: KubeObject): string | undefined =>
  kind === 'ConfigMap' && name.length > PREFIX.length && name.startsWith(PREFIX)
    ? name.slice(PREFIX.length)
    : undefined;

/** Labels and annotations come back; what was in the namespace does not, and nothing here says it did. */
export function restoreNamespace(found: FoundInjection, live: Live): Restore {
  const backup = found.live;
  const name = nameIn(backup);
  const kept = name === undefined ? 'its name leads to no namespace' : keptIn(backup, name);
  if (typeof kept === 'string' || name === undefined) return corrupt(backup, String(kept));
  const seen = objectIn(live, NAMESPACE);
  if (seen.state === 'blind' || seen.state === 'unread')
    return corrupt(backup, `whether Namespace ${name} is there cannot be read`);
  if (seen.state === 'absent') return createAgain(backup, name, kept);
  if (isTerminating(seen.value)) {
    const says = `Namespace ${name} is still Terminating${sanitise(waitsFor(seen.value), 300)}: waiting until it is gone; the backup is kept`;
    return { is: 'restore', writes: [], says };
  }
  const { uid } = readMayday(backup.metadata.annotations?.[MAYDAY]) ?? {};
  if (uid !== undefined && uid === seen.value.metadata.uid)
    return {
      is: 'already-restored',
      writes: [dropBackup(backup)],
      says: `Namespace ${name} was never deleted`,
    };
  return compared(backup, seen.value, kept);
}

function waitsFor(namespace: KubeObject): string {
  const conditions =
    (namespace.status as { conditions?: { status?: string; message?: string }[] } | undefined)?.conditions ?? [];
  const reasons = conditions.filter(({ status }) => status === 'True').map(({ message = '' }) => message);
  return `${heldBy(namespace)}${reasons.length === 0 ? '' : ` (${reasons.join('; ')})`}`;
}

function keptIn(backup: KubeObject, name: string): KeptMetadata | string {
  const data = mapAt(backup, ['data']) ?? {};
  const recorded = readMayday(backup.metadata.annotations?.[MAYDAY])?.injected;
  if (recorded !== undefined && !isInjected(keptEssence(data), recorded))
    return 'what it holds is not what was put into it';
  const labels = textsOf(data.labels);
  const annotations = textsOf(data.annotations);
  if (labels === undefined || annotations === undefined) return 'its labels or annotations are no map of texts';
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

const withoutGivenOut = (annotations: Texts): Texts =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.startsWith(GIVEN_OUT)));

function createAgain(backup: KubeObject, name: string, kept: KeptMetadata): Restore {
  const annotations = withoutGivenOut(kept.annotations);
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
  const left = isWhole ? '' : `; ${GIVEN_OUT}* are given out anew`;
  if (SAFE.includes(backup.metadata.namespace ?? '')) {
    const says = `create Namespace ${name} again with its labels and annotations${left}; what was in it does not come back`;
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
    says: `a backup of Namespace ${name} stands in ${backup.metadata.namespace}, where whoever writes there could have any namespace created: look at it first`,
  };
}

/** The namespace exists: the framework never deleted it, somebody recreated it, or we did a moment ago. */
function compared(backup: KubeObject, namespace: KubeObject, kept: KeptMetadata): Restore {
  const { labels = {}, annotations = {} } = namespace.metadata;
  const missing: KeptMetadata = {
    labels: missingFrom(labels, kept.labels),
    annotations: missingFrom(annotations, withoutGivenOut(kept.annotations)),
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
    { says: `put the labels and annotations of Namespace ${name} back`, atVersion: true },
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
