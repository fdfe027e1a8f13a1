import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Grant, Rule } from '../../submit/need.ts';
import { operatorsOf } from '../../submit/queues.ts';
import { inOrder, type Submission, type SubmissionObjects } from '../../submit/submission.ts';
import { counted } from '../../text/counted.ts';
import { age } from '../../text/duration.ts';
import { jsonText } from '../../text/json.ts';
import { yamlText } from '../../text/yaml.ts';

/** Describes a submission before it is created: queues, image, limits, and every right of its pods. */
export function submissionLines(submission: Submission, { grants }: SubmissionObjects): string[] {
  const { id, namespace, image, queues, deadlineSeconds, keepSeconds, when, isOne } = submission;
  const what = isOne ? 'a Job' : `an Indexed Job of ${counted(queues.length, 'pod')}`;
  return [
    `submission ${id} in namespace ${namespace}: ${when === undefined ? what : `a CronJob, "${when.schedule}" in ${when.timeZone}, of ${what}`}`,
    `  image ${image}; ended after ${age(deadlineSeconds * 1000)} at the latest; the Job is kept for ${age(keepSeconds * 1000)}`,
    ...queues.map(
      (queue, index) => `  pod ${index}  ${operatorsOf(queue).join(', ')}: ${queue.map(({ key }) => key).join(', ')}`,
    ),
    ...whyTogether(queues),
    'RIGHTS of its ServiceAccount, and no others',
    ...grants.flatMap(grantLines),
  ];
}

/** Lines that say which operators share a pod, and why. */
function whyTogether(queues: Submission['queues']): string[] {
  return queues.flatMap(queue => {
    if (operatorsOf(queue).length < 2) return [];
    const wide = queue.find(({ reach }) => reach.everywhere);
    const why =
      wide === undefined
        ? 'these operators share namespaces'
        : `${wide.key} writes to the whole cluster, and nothing runs beside that`;
    return [`         in one pod, as in one suite: ${why}`];
  });
}

function grantLines({ namespace, rules }: Grant): string[] {
  const where = namespace === undefined ? 'in the whole cluster' : `in ${namespace}`;
  return rules.map(rule => `  ${ruleText(rule)} ${where}`);
}

function ruleText({ verbs, resources: [resource = ''], apiGroups: [group = ''], resourceNames }: Rule): string {
  const [plain, subresource] = resource.split('/');
  const kind = `${plain}${group === '' ? '' : `.${group}`}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${verbs.join(', ')}  ${kind}${resourceNames === undefined ? '' : ` ${resourceNames.join(', ')}`}`;
}

/** Every object in one stream for `kubectl apply -f -`. */
export function streamOf(objects: SubmissionObjects, output: 'yaml' | 'json' | 'jsonl'): string {
  const all = inOrder(objects);
  if (output === 'jsonl') return all.map(object => jsonText(object)).join('\n');
  if (output === 'json') return jsonText({ apiVersion: 'v1', kind: 'List', metadata: {}, items: all }, 2);
  const [first] = all;
  const { name = '', labels = {} } = first?.metadata ?? {};
  const [label = ''] = Object.entries(labels).flatMap(([key, value]) =>
    key.startsWith('submit.') ? [`${key}=${value}`] : [],
  );
  return [
    `# ${name}: everything that \`mayday submit\` creates. Applied by hand these objects have no owner: \`mayday submit --cancel ${name.replace('mayday-', '')}\``,
    `# takes all of them away, as does deleting by the label ${label}.`,
    ...all.map(object => `---\n${yamlText(object)}`),
  ].join('\n');
}

/** Lines after the submission: where it is, and how to follow, read and cancel it. */
export const submittedLines = ({ id, namespace, isOne, when }: Submission, objects: SubmissionObjects): string[] => [
  `submitted ${nameOf(refOf(objects.work))}; it runs on without this process`,
  ...(objects.grants.some(grant => grant.namespace !== namespace)
    ? [
        'its rights outside its namespace have no owner there: they are taken away when it has been followed to its end, or by --cancel',
      ]
    : []),
  `\`mayday submit --follow ${id}\` shows it${isOne || when !== undefined ? '' : 's queues'}, \`--logs ${id}\` what its pods print, \`--cancel ${id}\` reverts and removes it`,
];
