import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, strings, text } from '../../../k8s/fields.ts';
import { quantityOf } from '../../../k8s/quantity.ts';
import { counted } from '../../../text/counted.ts';
import { created, sinceTime } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import { type FixDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { PENDING_TOO_LONG } from '../pods/unready-pods.ts';
import { claimsOf } from './claims.ts';

const NO_PROVISIONER = 'kubernetes.io/no-provisioner';
const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class';

interface Explanation {
  summary: string;
  cause: string;
  fixes: FixDraft[];
  because?: Cause[];
}

/** A PersistentVolumeClaim that gets no volume. */
export const claimPending: Rule = {
  id: 'storage/claim-pending',
  gate: 'G9',
  needs: ['PersistentVolumeClaim'],
  wants: ['StorageClass', 'PersistentVolume', 'Pod', 'Event', 'CSIDriver', 'Deployment', 'StatefulSet', 'DaemonSet'],
  about: {
    looksAt:
      'Claims that have been Pending for more than two minutes: their storage class, the events of the provisioner, and the volumes that could match. A claim of a class with WaitForFirstConsumer is not reported while no pod uses it.',
    why: 'Pods that mount the claim are not scheduled or not started until it is bound.',
    whatToDo:
      'Correct the storage class (the claim must be created again for that), fix the provisioner, or provide a matching volume.',
  },
  *look({ view, now }) {
    for (const claim of view.all('PersistentVolumeClaim')) {
      const { namespace = '', name, deletionTimestamp } = claim.metadata;
      if (
        text(claim.status.phase) !== 'Pending' ||
        deletionTimestamp !== undefined ||
        now - created(claim) < PENDING_TOO_LONG
      )
        continue;
      const pods = view.inNamespace('Pod', namespace).filter(pod => claimsOf(view, pod).some(one => one.name === name));
      const className = text(claim.spec.storageClassName);
      const storageClass = className === '' ? undefined : view.get('StorageClass', undefined, className);
      // Such a claim waits until the scheduler has chosen a node for its first pod.
      if (bindingMode(storageClass) === 'WaitForFirstConsumer' && !isChosen(view, claim)) continue;
      const explanation = explain(view, claim, className, storageClass);
      yield {
        severity: 'high',
        object: claim,
        summary: `PVC pending: ${explanation.summary}${pods.length > 0 ? `; ${counted(pods.length, 'pod waits', 'pods wait')} for it` : ''}`,
        since: sinceTime(created(claim), now),
        evidence: [
          'status.phase: Pending',
          `spec: storageClassName ${claim.spec.storageClassName === undefined ? 'not set' : className || '""'}, accessModes ${strings(claim.spec.accessModes).join(', ')}, storage ${asked(claim)}`,
          ...view
            .eventsAbout({ kind: 'PersistentVolumeClaim', namespace, name })
            .slice(0, 3)
            .map(one => `event ${one.reason}: "${one.message}"`),
          pods.length > 0 &&
            `pods that mount it: ${pods
              .slice(0, 5)
              .map(pod => pod.metadata.name)
              .join(', ')}`,
        ],
        cause: explanation.cause,
        fixes: [
          ...explanation.fixes,
          {
            text: 'Read every event of the claim.',
            command: command(view, ['kubectl', 'describe', ...named(refOf(claim))]),
          },
        ],
        because: [causeOf(refOf(claim), 'chaos/'), ...(explanation.because ?? [])],
      };
    }
  },
};

/**
 * Whether a node has been chosen for a claim that waits for its first pod: from then on the provisioner must create
 * the volume.
 */
const isChosen = (view: ClusterView, claim: ViewObject): boolean =>
  claim.metadata.annotations['volume.kubernetes.io/selected-node'] !== undefined ||
  view.eventsAbout(nameOf(claim)).some(one => one.reason === 'ProvisioningFailed');

const nameOf = ({ kind, metadata }: ViewObject) => ({
  kind,
  name: metadata.name,
  ...(metadata.namespace && { namespace: metadata.namespace }),
});

/** StorageClasses have their fields at the top, not in a spec. */
const bindingMode = (storageClass: ViewObject | undefined): string => text(storageClass?.volumeBindingMode);
const provisionerOf = (storageClass: ViewObject): string => text(storageClass.provisioner);
const asked = (claim: ViewObject): string => text(fields(fields(claim.spec.resources).requests).storage);

/** The claim's class does not exist, or it names none and there is no default. */
function wrongClass(
  view: ClusterView,
  claim: ViewObject,
  className: string,
  storageClass: ViewObject | undefined,
): Explanation | undefined {
  const classes = [...view.all('StorageClass')];
  const make = (text: string): FixDraft => ({
    text: `${text} The class of a claim cannot be changed: delete the claim and create it again.`,
    command: command(view, ['kubectl', 'get', ...named(refOf(claim)), '-o', 'yaml']),
  });
  if (className !== '' && storageClass === undefined && matchingVolumes(view, claim).length === 0) {
    const near = nearest(
      className,
      classes.map(one => one.metadata.name),
    );
    return {
      summary: `storage class ${className} not found${near ? `; ${near} exists` : ''}`,
      cause: `The claim names storage class ${className}, which does not exist; there ${classes.length === 1 ? 'is' : 'are'} ${classes.map(one => one.metadata.name).join(', ') || 'none'}.`,
      fixes: [make(near ? `Use storage class ${near}.` : 'Use a storage class that exists, or create this one.')],
      because: [{ kind: 'StorageClass', name: className }],
    };
  }
  if (
    claim.spec.storageClassName === undefined &&
    !classes.some(one => one.metadata.annotations[DEFAULT_CLASS] === 'true')
  )
    return {
      summary: 'no storage class is set and the cluster has no default storage class',
      cause: `No StorageClass has the annotation ${DEFAULT_CLASS}: "true".`,
      fixes: [
        {
          text: 'Make a storage class the default one.',
          command: command(view, [
            'kubectl',
            'annotate',
            'storageclass',
            classes[0]?.metadata.name ?? 'NAME',
            `${DEFAULT_CLASS}=true`,
          ]),
        },
        make('Or set a storage class in the claim.'),
      ],
    };
  return undefined;
}

function explain(
  view: ClusterView,
  claim: ViewObject,
  className: string,
  storageClass: ViewObject | undefined,
): Explanation {
  const make = (text: string): FixDraft => ({
    text: `${text} The class of a claim cannot be changed: delete the claim and create it again.`,
    command: command(view, ['kubectl', 'get', ...named(refOf(claim)), '-o', 'yaml']),
  });
  const isKnown = view.sync('StorageClass').state !== 'blind';
  const wrong = isKnown ? wrongClass(view, claim, className, storageClass) : undefined;
  if (wrong !== undefined) return wrong;
  const failed = view
    .eventsAbout({
      kind: 'PersistentVolumeClaim',
      ...(claim.metadata.namespace && { namespace: claim.metadata.namespace }),
      name: claim.metadata.name,
    })
    .find(one => /ProvisioningFailed|FailedBinding|VolumeMismatch/.test(one.reason));
  // Without a provisioner the controller's message only says that the plugin is unknown; the existing volumes explain
  // more.
  const isByHand = storageClass === undefined || provisionerOf(storageClass) === NO_PROVISIONER;
  if (!isByHand && failed?.reason === 'ProvisioningFailed')
    return {
      summary: `the provisioner fails: ${failed.message.slice(0, 200)}`,
      cause: failed.message,
      fixes: [
        {
          text: `Fix the problem that provisioner ${provisionerOf(storageClass)} reports.`,
          command: command(view, ['kubectl', 'describe', 'storageclass', className]),
        },
      ],
      because: driverCauses(view, provisionerOf(storageClass)),
    };
  const provisioner = storageClass === undefined ? '' : provisionerOf(storageClass);
  if (!isByHand) {
    const isCsi = view.get('CSIDriver', undefined, provisioner) !== undefined;
    const isMissing = !isCsi && view.sync('CSIDriver').state !== 'blind' && !provisioner.startsWith('kubernetes.io/');
    return {
      summary: isMissing
        ? `the provisioner ${provisioner} of storage class ${className} is not installed or not running (no CSI driver of that name)`
        : `the provisioner ${provisioner} has not created a volume`,
      cause: `Storage class ${className} uses provisioner ${provisioner}, which has not responded.`,
      fixes: [
        {
          text: `Look at the pods of the provisioner ${provisioner}.`,
          command: command(view, ['kubectl', 'get', 'pods', '-A']),
        },
      ],
      because: driverCauses(view, provisioner),
    };
  }
  return explainVolumes(view, claim, className, make);
}

/** Workloads that look like the provisioner: their findings would explain that no volume is created. */
function driverCauses(view: ClusterView, provisioner: string): Cause[] {
  const [word = ''] = provisioner.split(/[./]/);
  const found = (['Deployment', 'StatefulSet', 'DaemonSet'] as const).flatMap(kind =>
    [...view.all(kind)]
      .filter(one => /csi|provisioner/.test(one.metadata.name) || (word.length > 2 && one.metadata.name.includes(word)))
      .map(one => causeOf(refOf(one))),
  );
  return [{ kind: 'CSIDriver', name: provisioner }, ...found];
}

const matchingVolumes = (view: ClusterView, claim: ViewObject): ViewObject[] =>
  [...view.all('PersistentVolume')].filter(
    volume => text(volume.spec.storageClassName) === text(claim.spec.storageClassName),
  );

/** For a class without a provisioner: which volumes exist, and why each of them does not match. */
function explainVolumes(
  view: ClusterView,
  claim: ViewObject,
  className: string,
  make: (text: string) => FixDraft,
): Explanation {
  const reasons = matchingVolumes(view, claim)
    .map(volume => ({ name: volume.metadata.name, why: whyNotMatching(volume, claim) }))
    .filter(one => one.why !== '');
  const words = reasons
    .slice(0, 4)
    .map(one => `${one.name}: ${one.why}`)
    .join('; ');
  return {
    summary: `no persistent volume matches${words ? ` (${words})` : `: there is none of storage class ${className || '""'}`}`,
    cause: `The class ${className || '""'} has no provisioner, and no free volume matches the claim.${words && ` ${words}.`}`,
    fixes: [
      {
        text: `Provide a persistent volume of class ${className || '""'} with ${strings(claim.spec.accessModes).join(', ')} and at least ${asked(claim)}${reasons.some(one => one.why.includes('Released')) ? ', or make a released one available again (remove its claimRef) if its data may be used' : ''}.`,
        command: command(view, ['kubectl', 'get', 'persistentvolumes']),
      },
      make('Or correct the size, access mode or class of the claim.'),
    ],
    because: reasons.map(one => ({ kind: 'PersistentVolume', name: one.name })),
  };
}

function whyNotMatching(volume: ViewObject, claim: ViewObject): string {
  const modes = strings(volume.spec.accessModes);
  const lacking = strings(claim.spec.accessModes).filter(one => !modes.includes(one));
  const size = text(fields(volume.spec.capacity).storage);
  const holder = fields(volume.spec.claimRef);
  if (text(volume.status.phase) === 'Bound') return '';
  if (text(volume.status.phase) === 'Released')
    return `Released, still reserved for ${text(holder.namespace)}/${text(holder.name)}`;
  if (lacking.length > 0) return `access mode ${lacking.join(', ')} required, it has ${modes.join(', ')}`;
  if ((quantityOf(size) ?? 0) < (quantityOf(asked(claim)) ?? 0)) return `${asked(claim)} required, it has ${size}`;
  if (text(holder.name) !== '' && text(holder.name) !== claim.metadata.name)
    return `reserved for ${text(holder.namespace)}/${text(holder.name)}`;
  return '';
}
