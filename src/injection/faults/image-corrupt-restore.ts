import type { KubeObject } from '../../kube/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import { containersOf } from '../deployment.ts';
import { isInjected, readMayday } from '../envelope.ts';
import type { Live, Restore } from '../fault.ts';
import type { Finding } from '../finding.ts';
import { type Operation, patchOf, pointer, refOf, set, test } from '../json-patch.ts';
import { CORRUPT_CONTAINER, MAYDAY, ORIGINAL_IMAGE_PREFIX, TYPE_LABEL } from '../markers.ts';
import { nameOf } from '../name.ts';
import { stripMarks } from '../strip.ts';
import type { Write } from '../write.ts';
import { isRewritten } from '../writers.ts';

/** Puts a Deployment's image back from its plain annotations, ours or the framework's. */
export function restoreImage(found: Finding, _live: Live): Restore {
  const victim = found.live;
  const name = nameOf(refOf(victim));
  const annotations = victim.metadata.annotations ?? {};
  const container = corruptContainer(annotations);
  if (container === undefined) return { kind: 'corrupt', says: `${name}: ${missingRecord(victim)}; left as it is` };
  const original = annotations[`${ORIGINAL_IMAGE_PREFIX}${container}`] ?? '';
  if (!isImage(original)) {
    return {
      kind: 'corrupt',
      says: `${name}: "${sanitise(original, 80)}" is no image that could be put back; left as it is`,
    };
  }
  const index = containersOf(victim).findIndex(item => item.name === container);
  if (index < 0) {
    return {
      kind: 'diverged',
      writes: [change(victim, container, [])],
      original: `${container}=${sanitise(original)}`,
      injected: '(unknown)',
      live: `containers ${containersOf(victim)
        .map(item => item.name)
        .join(', ')}`,
      says: `${name} no longer has container ${container}: forcing only drops the record`,
    };
  }
  return settled(victim, container, index, original);
}

function settled(victim: KubeObject, container: string, index: number, original: string): Restore {
  const name = nameOf(refOf(victim));
  const is = containersOf(victim)[index]?.image ?? '';
  if (is === original) {
    return {
      kind: 'already-restored',
      writes: [change(victim, container, [])],
      says: `container ${container} of ${name} already has its image back; only the marks are left`,
    };
  }
  const path = ['spec', 'template', 'spec', 'containers', index];
  const writes = [
    change(victim, container, [
      test(pointer(...path, 'name'), container),
      test(pointer(...path, 'image'), is),
      set(pointer(...path, 'image'), original),
    ]),
  ];
  const injected = readMayday(victim.metadata.annotations?.[MAYDAY])?.injected;
  if (!isDiverged(victim, container, is, injected)) {
    return { kind: 'restore', writes, says: `put image ${sanitise(original, 120)} of ${container} in ${name} back` };
  }
  return {
    kind: 'diverged',
    writes,
    original: sanitise(original),
    injected: injected === undefined ? '(not recorded)' : sanitise(injected),
    live: sanitise(is),
    says: `container ${container} of ${name} has neither the original nor the injected image: somebody changed it since`,
  };
}

/** Whether what stands there is a third image. Where the injected one is not recorded, an unpullable registry gives it away. */
function isDiverged(victim: KubeObject, container: string, is: string, injected: string | undefined): boolean {
  if (injected !== undefined) return !isInjected(is, injected);
  const field = ['f:spec', 'f:template', 'f:spec', 'f:containers', `k:{"name":"${container}"}`, 'f:image'];
  const record = ['f:metadata', 'f:annotations', `f:${ORIGINAL_IMAGE_PREFIX}${container}`];
  return isRewritten(victim, field, record) || !/^[^/]+\.invalid(:\d+)?\//.test(is);
}

/** The container that the annotations are about; the framework's own revert knows it by the first of the two alone. */
function corruptContainer(annotations: Readonly<Record<string, string>>): string | undefined {
  const named = annotations[CORRUPT_CONTAINER];
  if (named !== undefined) return annotations[`${ORIGINAL_IMAGE_PREFIX}${named}`] === undefined ? undefined : named;
  const saved = Object.keys(annotations).filter(key => key.startsWith(ORIGINAL_IMAGE_PREFIX));
  return saved.length === 1 ? saved[0]?.slice(ORIGINAL_IMAGE_PREFIX.length) : undefined;
}

function missingRecord(victim: KubeObject): string {
  const named = victim.metadata.annotations?.[CORRUPT_CONTAINER];
  if (named !== undefined) return `annotation ${ORIGINAL_IMAGE_PREFIX}${named} with the original image is gone`;
  return victim.metadata.labels?.[TYPE_LABEL] === undefined
    ? 'carries no record of an original image'
    : 'labelled as injected, but the original image is not recorded';
}

const isImage = (text: string) => /^[^\s]{1,1000}$/.test(text);

/** One request: the image, bound to what stands there now, and the record out. */
function change(victim: KubeObject, container: string, image: Operation[]): Write {
  const mayday = readMayday(victim.metadata.annotations?.[MAYDAY]);
  const records = [CORRUPT_CONTAINER, `${ORIGINAL_IMAGE_PREFIX}${container}`, MAYDAY];
  return patchOf(victim, [...image, ...stripMarks(victim, 'ImageCorrupt', records, mayday)], {
    says:
      image.length > 0
        ? `restore the image of ${nameOf(refOf(victim))}`
        : `strip the marks of ${nameOf(refOf(victim))}`,
    atVersion: image.length === 0,
  });
}
