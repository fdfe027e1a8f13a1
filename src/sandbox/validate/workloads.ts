import { type Fields, part } from '../defaults/fill.ts';
import { sameJson } from '../object.ts';
import { type LabelSelector, requirementsOf, satisfies } from '../selector.ts';
import type { StatusCause } from '../status.ts';
import { forbiddenField, invalidValue, required, unsupported } from './field.ts';
import { labelCauses } from './metadata.ts';
import { podSpecCauses, podUpdateCauses } from './pod/pod.ts';
import { countOrPercent, immutable, notNegative, type Rule, specOf, type UpdateRule } from './rule.ts';
import { wrongField } from './schedule.ts';
import { expressionCauses } from './selector.ts';

const isBlank = (selector: Fields | undefined) => !selector || Object.keys(selector).length === 0;

function selectorCauses(spec: Fields): StatusCause[] {
  const selector = part(spec, 'selector');
  if (selector && isBlank(selector))
    return [invalidValue('spec.selector', {}, 'empty selector is invalid for deployment')];
  const wrong = expressionCauses(selector, 'spec.selector');
  if (wrong.length > 0) return [...wrong, invalidValue('spec.selector', selector, 'invalid label selector')];
  const labels = part(spec, 'template', 'metadata', 'labels') as Record<string, string> | undefined;
  if (selector && satisfies(labels, requirementsOf(selector as LabelSelector))) return [];
  return [
    ...(selector ? [] : [required('spec.selector')]),
    invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'),
  ];
}

function templateCauses(spec: Fields, policies: readonly string[] = ['Always']): StatusCause[] {
  const field = 'spec.template';
  const pod = part(spec, 'template', 'spec');
  const policy = pod?.restartPolicy;
  return [
    ...labelCauses(part(spec, 'template', 'metadata', 'labels') as Record<string, string>, `${field}.labels`),
    ...podSpecCauses(pod, `${field}.spec`),
    ...(policy === undefined || policies.includes(String(policy))
      ? []
      : [
          ...(POLICIES.includes(String(policy)) ? [] : [unsupported(`${field}.spec.restartPolicy`, policy, POLICIES)]),
          unsupported(`${field}.spec.restartPolicy`, policy, policies),
        ]),
  ];
}

const POLICIES = ['Always', 'OnFailure', 'Never'];

function strategyCauses(spec: Fields): StatusCause[] {
  const strategy = part(spec, 'strategy');
  const rolling = part(strategy, 'rollingUpdate');
  if (strategy && strategy.type !== 'Recreate' && strategy.type !== 'RollingUpdate')
    return [
      unsupported('spec.strategy', { Type: strategy.type, RollingUpdate: rolling ?? null }, [
        'Recreate',
        'RollingUpdate',
      ]),
    ];
  if (strategy?.type === 'Recreate')
    return rolling
      ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
      : [];
  if (!rolling) return [];
  const field = 'spec.strategy.rollingUpdate';
  const causes = ['maxUnavailable', 'maxSurge'].flatMap(n => countOrPercent(`${field}.${n}`, rolling[n]));
  if (typeof rolling.maxUnavailable === 'string' && Number.parseInt(rolling.maxUnavailable, 10) > 100)
    causes.push(invalidValue(`${field}.maxUnavailable`, rolling.maxUnavailable, 'must not be greater than 100%'));
  const none = (value: unknown) => value === 0 || value === '0%';
  if (none(rolling.maxUnavailable) && none(rolling.maxSurge))
    causes.push(invalidValue(`${field}.maxUnavailable`, rolling.maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  return causes;
}

function progressCauses({ minReadySeconds = 0, progressDeadlineSeconds: deadline }: Fields): StatusCause[] {
  if (typeof deadline !== 'number' || deadline > Number(minReadySeconds)) return [];
  return [invalidValue('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')];
}

const deployment: Rule = object => {
  const spec = specOf(object);
  return [
    ...notNegative(spec, 'replicas'),
    ...selectorCauses(spec),
    ...templateCauses(spec),
    ...strategyCauses(spec),
    ...notNegative(spec, 'minReadySeconds', 'revisionHistoryLimit', 'progressDeadlineSeconds'),
    ...progressCauses(spec),
  ];
};

const workload: Rule = object => {
  const spec = specOf(object);
  return [...notNegative(spec, 'replicas', 'minReadySeconds'), ...selectorCauses(spec), ...templateCauses(spec)];
};

const MODES = ['NonIndexed', 'Indexed'];

const job: Rule = object => {
  const spec = specOf(object);
  const mode = spec.completionMode;
  return [
    ...(mode === undefined || MODES.includes(String(mode)) ? [] : [unsupported('spec.completionMode', mode, MODES)]),
    ...notNegative(
      spec,
      'parallelism',
      'completions',
      'backoffLimit',
      'activeDeadlineSeconds',
      'ttlSecondsAfterFinished',
    ),
    ...templateCauses(spec, ['OnFailure', 'Never']).map(cause =>
      cause.field === 'spec.template.spec.restartPolicy' && cause.message.includes('"Always"')
        ? required(cause.field, 'valid values: "OnFailure", "Never"')
        : cause,
    ),
  ];
};

const CRON = /^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every \S+|(\S+\s+){4}\S+)$/;

const CONCURRENCY = ['Allow', 'Forbid', 'Replace'];

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const cronJob: Rule = object => {
  const spec = specOf(object);
  const { timeZone, concurrencyPolicy: policy } = spec;
  const zone = String(timeZone ?? 'UTC');
  return [
    ...(policy === undefined || CONCURRENCY.includes(String(policy))
      ? []
      : [unsupported('spec.concurrencyPolicy', policy, CONCURRENCY)]),
    ...scheduleCauses(spec.schedule),
    ...(isZone(zone) ? [] : [invalidValue('spec.timeZone', timeZone, `unknown time zone ${zone}`)]),
    ...notNegative(spec, 'startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'),
  ];
};

function scheduleCauses(schedule: unknown): StatusCause[] {
  if (!schedule) return [required('spec.schedule')];
  if (String(schedule).includes('TZ=')) {
    const why = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
    return [invalidValue('spec.schedule', schedule, why)];
  }
  if (CRON.test(String(schedule).trim())) {
    const wrong = wrongField(String(schedule).trim());
    return wrong === undefined ? [] : [invalidValue('spec.schedule', schedule, wrong)];
  }
  const fields = String(schedule).trim().split(/\s+/).length;
  return [
    invalidValue(
      'spec.schedule',
      schedule,
      `expected exactly 5 fields, found ${fields}: [${String(schedule).split(/\s+/).join(' ')}]`,
    ),
  ];
}

const pod: Rule = object => podSpecCauses(object.spec, 'spec');

const STATEFUL_MUTABLE =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

const statefulSetUpdate: UpdateRule = (before, after) =>
  ['selector', 'serviceName', 'podManagementPolicy', 'volumeClaimTemplates'].every(n =>
    sameJson(specOf(before)[n], specOf(after)[n]),
  )
    ? []
    : [forbiddenField('spec', STATEFUL_MUTABLE)];

const STATEFUL_POLICIES = ['OrderedReady', 'Parallel'];

const statefulSet: Rule = object => {
  const { podManagementPolicy: policy } = specOf(object);
  const known = policy === undefined || STATEFUL_POLICIES.includes(String(policy));
  return [
    ...(known ? [] : [invalidValue('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'")]),
    ...workload(object),
  ];
};

const DAEMON_STRATEGIES = ['RollingUpdate', 'OnDelete'];

const daemonSet: Rule = object => {
  const strategy = part(specOf(object), 'updateStrategy');
  if (!strategy || DAEMON_STRATEGIES.includes(String(strategy.type))) return workload(object);
  const shown = { Type: strategy.type, RollingUpdate: strategy.rollingUpdate ?? null };
  return [...workload(object), unsupported('spec.updateStrategy', shown, DAEMON_STRATEGIES)];
};

const immutableSelector: UpdateRule = (before, after) => immutable(specOf(before), specOf(after), 'selector');

const jobUpdate: UpdateRule = (before, after) =>
  immutable(specOf(before), specOf(after), 'completions', 'completionMode', 'selector', 'template');

const podUpdate: UpdateRule = (before, after) => podUpdateCauses(before, after, sameJson);

/** Rules for Pods and workloads. */
export const WORKLOAD_RULES: Readonly<Record<string, Rule>> = {
  pods: pod,
  'deployments.apps': deployment,
  'replicasets.apps': workload,
  'statefulsets.apps': statefulSet,
  'daemonsets.apps': daemonSet,
  'jobs.batch': job,
  'cronjobs.batch': cronJob,
};

export const WORKLOAD_UPDATE_RULES: Readonly<Record<string, UpdateRule>> = {
  pods: podUpdate,
  'deployments.apps': immutableSelector,
  'replicasets.apps': immutableSelector,
  'daemonsets.apps': immutableSelector,
  'statefulsets.apps': statefulSetUpdate,
  'jobs.batch': jobUpdate,
};
