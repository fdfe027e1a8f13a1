import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, text } from '../../../k8s/fields.ts';
import { addedBy, isAddedContainer } from '../../facts/added-at-admission.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { FindingDraft, FixDraft } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { type Container, containersOf, containerText } from './containers.ts';
import { edit, lastingEdit, usualFixes } from './fixes.ts';
import { IMAGE_TROUBLE_TEXT, type ImageTrouble, imageParts, imageTrouble, movedImage } from './image-pull-message.ts';
import { POD_OWNERS } from './owner.ts';
import { howMany, podRef, type UnreadyPodGroup, unreadyPodGroups, unreadyPodsFinding } from './unready-pods.ts';

const REASONS: ReadonlySet<string> = new Set([
  'ImagePullBackOff',
  'ErrImagePull',
  'InvalidImageName',
  'ImageInspectError',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

type Moved = ReturnType<typeof movedImage>;

interface BadImage {
  container: Container;
  reason: string;
  trouble: ImageTrouble;
  message: string;
  missingSecrets: string[];
}

/** A container whose image cannot be pulled. */
export const imagePull: Rule = {
  id: 'pod/image-pull',
  gate: 'G9',
  needs: ['Pod'],
  wants: [
    ...POD_OWNERS,
    'Event',
    'Namespace',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
    'MutatingWebhookConfiguration',
  ],
  about: {
    looksAt:
      'Containers, init containers and sidecars that wait with ImagePullBackOff, ErrImagePull, InvalidImageName or a similar reason, and the events in which the kubelet quotes the message of the registry.',
    why: 'A container whose image cannot be pulled does not start, and its pod does not become ready.',
    whatToDo:
      'Read the message of the registry: correct the name or the tag, add a pull secret, or make the registry reachable from the nodes.',
  },
  *look({ view, now }) {
    const groups = unreadyPodGroups({ view, now }, pod => {
      const problem = badImage(view, pod);
      return problem && { key: `${problem.container.name} ${problem.container.image}`, problem };
    });
    for (const group of groups) yield findingFor(view, group);
  },
};

function badImage(view: ClusterView, pod: ViewObject): BadImage | undefined {
  const container = containersOf(pod).find(one => REASONS.has(one.waiting?.reason ?? ''));
  if (container === undefined) return undefined;
  const { reason = '', message = '' } = container.waiting ?? {};
  const events = view.eventsAbout(podRef(pod));
  const pulls = events.filter(event => event.reason === 'Failed' && event.message.includes(container.image));
  const words = [message, ...pulls.map(event => event.message)].filter(one => one !== '' && !/^Error: /.test(one));
  const best = words.find(one => imageTrouble(reason, one) !== 'unknown') ?? words[0] ?? '';
  return {
    container,
    reason,
    trouble: imageTrouble(reason, best),
    message: best,
    missingSecrets: missingSecrets(view, pod),
  };
}

/** The missing pull secrets that the kubelet names. */
function missingSecrets(view: ClusterView, pod: ViewObject): string[] {
  const event = view.eventsAbout(podRef(pod)).find(one => one.reason === 'FailedToRetrieveImagePullSecret');
  const named = /image pull secrets \(([^)]*)\)/.exec(event?.message ?? '')?.[1] ?? '';
  return named
    .split(',')
    .map(one => one.trim())
    .filter(one => one !== '');
}

function findingFor(view: ClusterView, group: UnreadyPodGroup<BadImage>): FindingDraft {
  const { pods, problem } = group;
  const { container, reason, trouble, message: words, missingSecrets } = problem;
  const [pod] = pods as [ViewObject];
  const means =
    missingSecrets.length > 0 ? `pull secret ${missingSecrets.join(', ')} not found` : IMAGE_TROUBLE_TEXT[trouble];
  const before = earlierImage(view, group);
  const known = nearest(container.image, imagesInUse(view));
  const moved = movedImage(container.image);
  const secrets = list(pod.spec.imagePullSecrets).map(one => text(one.name));
  const added = isAddedContainer(view, pod, container)
    ? addedBy(view, pod, [container.name, imageParts(container.image).registry])
    : undefined;
  return unreadyPodsFinding(group, {
    summary: `image pull fails for ${containerText(container)} of ${howMany(group)}: ${means}`,
    evidence: [
      `status of ${containerText(container)}: waiting ${reason}${words && ` "${words}"`}`,
      `image: ${container.image}`,
      `imagePullSecrets: ${secrets.join(', ') || 'none'}`,
      before !== undefined && `image of the previous revision: ${before}`,
    ],
    cause: [
      `${container.image} cannot be pulled: ${means}.`,
      moved && `${moved.says}.`,
      before !== undefined && `The previous revision used ${before}.`,
      added?.says,
      before === undefined && known !== undefined && `Other pods in this cluster use ${known}.`,
    ]
      .filter(one => typeof one === 'string')
      .join(' '),
    fixes: [...(added?.fixes ?? []), ...fixesFor(view, group, secrets, moved), ...usualFixes(view, group)],
    because: [...(added?.because ?? [])],
  });
}

/** The image of the same container in the ReplicaSet that still has ready pods, or in the newest earlier one. */
function earlierImage(view: ClusterView, { top, problem }: UnreadyPodGroup<BadImage>): string | undefined {
  if (top.object?.kind !== 'Deployment') return undefined;
  const revision = (set: ViewObject) => Number(set.metadata.annotations['deployment.kubernetes.io/revision'] ?? 0);
  const sets = [...view.ownedBy(top.object.metadata.uid)].sort((a, b) => revision(b) - revision(a));
  for (const set of sets) {
    const template = (set.spec.template as { spec?: Record<string, unknown> } | undefined)?.spec ?? {};
    const image = [...list(template.initContainers), ...list(template.containers)].find(
      one => text(one.name) === problem.container.name,
    )?.image;
    if (typeof image === 'string' && image !== problem.container.image) return image;
  }
  return undefined;
}

/** Images that some node has pulled: those of running containers. */
function imagesInUse(view: ClusterView): Set<string> {
  const images = new Set<string>();
  for (const pod of view.all('Pod'))
    if (pod.status.phase === 'Running') for (const one of containersOf(pod)) if (one.running) images.add(one.image);
  return images;
}

function* fixesFor(
  view: ClusterView,
  group: UnreadyPodGroup<BadImage>,
  secrets: string[],
  moved: Moved,
): Iterable<FixDraft> {
  const { top, problem } = group;
  const { container, trouble } = problem;
  const { registry } = imageParts(container.image);
  // New credentials do not help when the repository was closed.
  if (moved?.now !== undefined) yield imageFix(view, group, moved);
  if (problem.missingSecrets.length > 0 || trouble === 'denied') yield secretFix(view, group, secrets);
  if (trouble === 'rate limit')
    yield edit(view, top, 'Wait, or pull with credentials or through a mirror: the registry limits anonymous pulls.');
  if (trouble === 'never pulled')
    yield edit(
      view,
      top,
      `Set imagePullPolicy of ${containerText(container)} to IfNotPresent, or load the image on the nodes.`,
    );
  const isGone = trouble === 'no such host' || moved !== undefined;
  const network = isOutOfReach(trouble)
    ? edit(
        view,
        top,
        `Correct the registry in the image name if ${registry} is wrong; otherwise make it reachable from the nodes (DNS, proxy, certificate).`,
      )
    : undefined;
  if (network && !isGone) yield network;
  if (moved?.now === undefined) yield imageFix(view, group, moved);
  // Waiting does not help when the registry's name does not resolve, so another image comes first.
  if (network && isGone) yield network;
}

/** The credentials that the registry asks for. */
function secretFix(view: ClusterView, { top, problem }: UnreadyPodGroup<BadImage>, secrets: string[]): FixDraft {
  const { registry } = imageParts(problem.container.image);
  const [missing] = problem.missingSecrets;
  const text =
    missing !== undefined
      ? `Create the image pull secret ${missing} that the pods name in imagePullSecrets, or correct the name there.`
      : secrets.length > 0
        ? `Renew the credentials in image pull secret ${secrets.join(', ')}: the registry does not accept them for this image.`
        : `Add an image pull secret for ${registry} to the pods: they have none (spec.imagePullSecrets, or the service account's).`;
  const secret = missing ?? secrets[0] ?? 'regcred';
  const place = ['-n', top.ref.namespace ?? 'default', `--docker-server=${registry}`];
  const who = ['--docker-username=USER', '--docker-password=PASSWORD'];
  return { text, command: command(view, ['kubectl', 'create', 'secret', 'docker-registry', secret, ...place, ...who]) };
}

/** A fix that sets another image, with a command if the workload has a pod template that can be changed. */
function imageFix(view: ClusterView, { top, problem }: UnreadyPodGroup<BadImage>, moved: Moved): FixDraft {
  const { container } = problem;
  const words = containerText(container);
  if (!['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'ReplicaSet'].includes(top.ref.kind))
    return edit(view, top, `Correct the image of ${words}.`);
  const untagged = container.image.split('@')[0]?.replace(/:[^/:]*$/, '') ?? '';
  const image = `${container.name}=${moved ? (moved.now ?? 'NEW-IMAGE') : `${untagged}:TAG`}`;
  return {
    text: moved
      ? `Set an image that exists: ${moved.says}.${moved.now === undefined ? '' : lastingEdit(view, top)}`
      : `Set an image that exists for ${words}: correct its name or tag.`,
    command: command(view, ['kubectl', 'set', 'image', ...named(top.ref), image]),
  };
}

const isOutOfReach = (trouble: BadImage['trouble']): boolean =>
  trouble === 'unreachable' || trouble === 'certificate' || trouble === 'no such host';
