import { pointer, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { shellWord } from '../../text/shell-word.ts';
import type { Finding } from '../finding/finding.ts';
import { fromCommands, isDoneWhenChanged, type PlanInput, type Planned, patchPlan, type Remedy } from './remedy.ts';

interface Container {
  name: string;
  image?: string;
}

/** `kubectl set image deployment/web -n shop web=ghcr.io/shop/web:2`: the container, and the whole name of its new image. */
const COMMAND = /\bset image (?:deployment|statefulset|daemonset)\S*\/\S+ (?:.* )?([\w.-]+)=(\S+)$/i;
const PLACEHOLDER = /(^NEW-IMAGE|:TAG)$/;

/** The container and image that the command of a finding sets. Undefined if a person must fill in a part of the image. */
const wantedBy = (finding: Pick<Finding, 'fixes'>): { container: string; image: string } | undefined =>
  fromCommands(finding, command => {
    const [, container, image] = COMMAND.exec(command) ?? [];
    const isWhole = container !== undefined && image !== undefined && !PLACEHOLDER.test(image);
    return isWhole ? { container, image } : undefined;
  });

const imagesOf = (object: KubeObject): (string | undefined)[] =>
  containersIn(object).map(({ container: { image } }) => image);

/** Sets the image that the finding names: if a registry was closed, the same image in its new registry. */
export const setImage: Remedy = {
  name: 'set-image',
  title: 'set the image in',
  about: 'Sets the image that triage names, as kubectl set image does: the same image under its new name.',
  isReversible: true,
  fits: finding => finding.rule === 'pod/image-pull' && wantedBy(finding) !== undefined,
  plan,
  isDone: isDoneWhenChanged(imagesOf),
};

function plan({ object }: PlanInput, finding: Finding): Planned {
  const wanted = wantedBy(finding);
  const where = nameOf(refOf(object));
  const at = containersIn(object).find(({ container }) => container.name === wanted?.container);
  if (wanted === undefined || at === undefined)
    return { refusal: `${where} has no container ${wanted?.container ?? ''} any more: run triage again` };
  const { list, index, container } = at;
  if (container.image === wanted.image) return { refusal: `${where} has that image already` };
  const path = (member: string) => pointer('spec', 'template', 'spec', list, index, member);
  const before = shellWord(`${container.name}=${container.image}`);
  const { name, namespace } = object.metadata;
  return patchPlan(
    object,
    [test(path('name'), container.name), set(path('image'), wanted.image)],
    `set the image of ${container.name} in ${where} to ${wanted.image} (before: ${container.image})`,
    `kubectl set image ${object.kind.toLowerCase()}/${name} -n ${namespace} ${before}`,
  );
}

/** The containers of the pod template, with their place in it. */
function containersIn({ spec }: KubeObject): { list: string; index: number; container: Container }[] {
  const template = (spec as { template?: { spec?: Record<string, readonly Container[]> } } | undefined)?.template;
  return ['containers', 'initContainers'].flatMap(list =>
    (template?.spec?.[list] ?? []).map((container, index) => ({ list, index, container })),
  );
}
