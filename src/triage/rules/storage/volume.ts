import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { claimsOf } from './claims.ts';

/** Claims and volumes that are lost, failed, deleted while in use, or cannot be resized. */
export const volumeTrouble: Rule = {
  id: 'storage/volume',
  gate: 'G9',
  needs: ['PersistentVolumeClaim', 'PersistentVolume'],
  wants: ['Pod', 'VolumeAttachment', 'Event'],
  about: {
    looksAt:
      'Claims that are Lost, being deleted while pods use them, or whose resize fails; volumes that have Failed; attachments with an error.',
    why: 'A claim whose volume is gone does not recover, and a claim that is being deleted is removed as soon as no pod uses it.',
    whatToDo: 'Save the data first. A deletion cannot be cancelled: create the claim again and copy the data.',
  },
  *look({ view, now }) {
    for (const claim of view.all('PersistentVolumeClaim')) {
      const found = claimTrouble(view, claim, now);
      if (found)
        yield {
          severity: found.severity,
          object: claim,
          summary: found.summary,
          since: found.since === undefined ? undefined : { at: found.since, exact: true },
          evidence: found.evidence,
          cause: found.cause,
          fixes: [{ text: found.fix, command: command(view, ['kubectl', 'describe', ...named(refOf(claim))]) }],
          because: [
            causeOf(refOf(claim), 'chaos/'),
            { kind: 'PersistentVolume', name: text(claim.spec.volumeName) },
            { kind: 'Namespace', name: claim.metadata.namespace ?? '' },
          ].filter(one => one.name !== ''),
        };
    }
    for (const volume of view.all('PersistentVolume'))
      if (text(volume.status.phase) === 'Failed')
        yield {
          severity: 'high',
          object: volume,
          summary: `the volume has failed: ${text(volume.status.message) || text(volume.status.reason) || 'no reason given'}`,
          evidence: [`status.phase: Failed ${text(volume.status.reason)} "${text(volume.status.message)}"`],
          cause: text(volume.status.message),
          fixes: [
            {
              text: 'Look at the volume and its storage driver: the volume could not be reclaimed.',
              command: command(view, ['kubectl', 'describe', ...named(refOf(volume))]),
            },
          ],
        };
    for (const attachment of view.all('VolumeAttachment')) {
      const error = fields(fields(attachment.status).attachError ?? fields(attachment.status).detachError);
      if (text(error.message) === '') continue;
      const node = text(attachment.spec.nodeName);
      yield {
        severity: 'high',
        object: attachment,
        summary: `volume ${text(fields(attachment.spec.source).persistentVolumeName)} cannot be ${fields(attachment.status).attachError ? 'attached to' : 'detached from'} node ${node}: ${text(error.message).slice(0, 160)}`,
        evidence: [`status: attached ${String(attachment.status.attached)}, error "${text(error.message)}"`],
        cause: text(error.message),
        fixes: [
          {
            text: 'Look at the storage driver and at the node.',
            command: command(view, ['kubectl', 'describe', ...named(refOf(attachment))]),
          },
        ],
        because: [
          { kind: 'Node', name: node },
          { kind: 'CSIDriver', name: text(attachment.spec.attacher) },
        ],
      };
    }
  },
};

interface ClaimTrouble {
  severity: 'high' | 'warn';
  summary: string;
  cause: string;
  fix: string;
  evidence: string[];
  since?: number;
}

function claimTrouble(view: ClusterView, claim: ViewObject, now: number): ClaimTrouble | undefined {
  const { namespace = '', name, deletionTimestamp } = claim.metadata;
  if (text(claim.status.phase) === 'Lost')
    return {
      severity: 'high',
      summary: `the claim has lost its volume ${text(claim.spec.volumeName)}`,
      cause: `PersistentVolume ${text(claim.spec.volumeName)} does not exist any more, or belongs to another claim.`,
      fix: 'Restore the PersistentVolume if the storage behind it still exists; otherwise create the claim again and restore the data.',
      evidence: ['status.phase: Lost', `spec.volumeName: ${text(claim.spec.volumeName)}`],
    };
  const deleted = Date.parse(deletionTimestamp ?? '');
  if (now - deleted > 60_000) {
    const users = view
      .inNamespace('Pod', namespace)
      .filter(
        pod =>
          claimsOf(view, pod).some(one => one.name === name) &&
          pod.status.phase !== 'Succeeded' &&
          pod.status.phase !== 'Failed',
      );
    return {
      severity: 'high',
      summary:
        users.length > 0
          ? `terminating: the claim is being deleted while ${counted(users.length, 'pod uses', 'pods use')} it`
          : 'terminating: the claim is being deleted and waits for a finalizer to be removed',
      cause:
        users.length > 0
          ? 'The finalizer kubernetes.io/pvc-protection keeps the claim until no pod uses it; then the claim is deleted and, depending on the reclaim policy, its data too.'
          : `Finalizers: ${claim.metadata.finalizers.join(', ')}.`,
      fix: 'Save the data while the pods are still running: set the reclaim policy of the volume to Retain. The deletion cannot be cancelled.',
      evidence: [
        `metadata.deletionTimestamp: ${deletionTimestamp}`,
        `metadata.finalizers: ${claim.metadata.finalizers.join(', ')}`,
        ...users.slice(0, 5).map(pod => `used by pod ${pod.metadata.name}`),
      ],
      since: deleted,
    };
  }
  const resize = list(claim.status.conditions).find(
    one => ['ControllerResizeError', 'NodeResizeError'].includes(text(one.type)) && one.status === 'True',
  );
  const failed = view
    .eventsAbout({ kind: 'PersistentVolumeClaim', namespace, name })
    .find(one => /VolumeResizeFailed|FileSystemResizeFailed/.test(one.reason));
  const words = text(resize?.message) || failed?.message;
  return words === undefined || words === ''
    ? undefined
    : {
        severity: 'warn',
        summary: `the volume cannot be resized: ${words.slice(0, 160)}`,
        cause: words,
        fix: 'See what the storage driver reports; some drivers can only expand volumes that no pod uses.',
        evidence: [`resize: "${words}"`],
      };
}
