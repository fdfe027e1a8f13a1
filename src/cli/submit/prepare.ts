import { matchesSelector } from '../../health/view/selector.ts';
import { fields } from '../../k8s/fields.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { checkAccess } from '../../kube/client/access.ts';
import type { Api } from '../../kube/client/api.ts';
import { pooled } from '../../kube/client/pooled.ts';
import { locksFor, previewFacts } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { RECORD_KEY } from '../../safety/record-key.ts';
import { NOTIFY_FILE } from '../../submit/job.ts';
import { labelsOf, makeSubmissionId } from '../../submit/names.ts';
import type { Need } from '../../submit/need.ts';
import { harmOfOwnPod } from '../../submit/own-pod.ts';
import { longestOfQueuesMs, queuesOf, sideBySide } from '../../submit/queues.ts';
import type { Submission } from '../../submit/submission.ts';
import { type Surveyed, survey } from '../../submit/survey.ts';
import { suiteEntries } from '../../suite/order.ts';
import { rfc3339 } from '../../text/rfc3339.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { dependantsIn } from '../knowledge.ts';
import { expectNamespace } from '../namespace.ts';
import { printNotice } from '../output/notice.ts';
import { expectReceivers } from './notify-object.ts';
import type { SubmitRequest } from './request.ts';

/** Time for a pod to be scheduled and to pull its image, and time to revert in addition to the plan's own times. */
const START_MS = 300_000;
const REVERT_MS = 300_000;
const SURVEYS_AT_ONCE = 4;

/**
 * Checks every experiment as before a run, and builds the whole submission. Throws where one is refused: then nothing is submitted,
 * since a part of a suite does not test what the whole does. `confirm` is asked last, when there is no other reason to refuse.
 */
export async function prepare(
  request: SubmitRequest,
  api: Api,
  runtime: Runtime,
  { signal, confirm }: { signal: AbortSignal; confirm: (wantsSignature: boolean) => Promise<void> },
): Promise<Submission> {
  const namespace = request.namespace ?? api.identity.namespace;
  await expectNamespace(api, namespace, { flag: '--in', isForNew: true });
  if (request.notify !== undefined) await expectReceivers(api, namespace, request.notify);
  const now = api.serverTime().now;
  const id = makeSubmissionId(now, runtime.random);
  const { config } = runtime;
  const locks = locksFor(runtime, api);
  // Pods of a schedule start later: whether there is a freeze, and who holds the lock, is of no concern before.
  const isNow = request.when === undefined;
  const surveyed = await pooled(request.due, SURVEYS_AT_ONCE, loaded =>
    survey(
      {
        api,
        lockNamespace: config.lock === 'off' ? undefined : config.lockNamespace,
        events: config.clusterEvents === 'on',
        freeze: isNow ? config.freeze : [],
        facts: (run, random) => ({
          ...previewFacts(runtime, api, loaded.experiment.metadata.name, random),
          id: run,
          run,
        }),
        ...(locks === undefined || !isNow ? {} : { lock: one => locks.look(one) }),
        dependants: dependantsIn(request.models, loaded),
      },
      loaded,
      signal,
    ),
  );
  refuse(surveyed, namespace, id);
  for (const { loaded, warnings } of surveyed)
    for (const warning of warnings) printNotice(`${loaded.experiment.metadata.name}: ${warning}`);
  const wantsSignature = surveyed.some(one => one.wantsSignature);
  await confirm(wantsSignature);
  const queues = queuesOf(suiteEntries(request.due));
  const parallelism = sideBySide(queues, request.parallel);
  const longest = longestOfQueuesMs(queuesOf(suiteEntries(request.due, request.rounds)), parallelism, request.timing);
  return {
    id,
    namespace,
    image: request.image,
    by: `${runtime.by}@${runtime.host}`,
    at: new Date(now).toISOString(),
    queues,
    texts: request.texts,
    models: request.modelTexts,
    rounds: request.rounds,
    ...(request.notify === undefined ? {} : { notify: request.notify }),
    isOne: request.isOne,
    sideBySide: parallelism,
    deadlineSeconds: Math.ceil((longest + START_MS + REVERT_MS) / 1000),
    keepSeconds: Math.ceil(request.keepMs / 1000),
    needs: await allowed(api, [
      ...surveyed.flatMap(({ needs }) => needs),
      ...(wantsSignature ? await keyNeed(api, request.dryRun || config.readOnly) : []),
    ]),
    passed: request.passed,
    podSpec: request.podSpec,
    // No process outlives the container of a pod, so the reaper is its guardian.
    config: {
      guardian: 'off',
      lock: config.lock,
      lockNamespace: config.lockNamespace,
      clusterEvents: config.clusterEvents,
      ...(request.notify === undefined ? {} : { notifyFrom: NOTIFY_FILE }),
      freeze: config.freeze.map(({ from, to, why }) => ({ from: rfc3339(from), to: rfc3339(to), why })),
    },
    ...(request.when === undefined ? {} : { when: request.when }),
  };
}

/** Throws with the first refusal, that of experiments that are refused for the same reason as one; exit 8 where the cluster forbids it or does not answer, as for a run. */
function refuse(surveyed: readonly Surveyed[], namespace: string, id: string): void {
  const named = new Map<string, string[]>();
  for (const { loaded, plan, refused } of surveyed) {
    const own = plan && harmOfOwnPod(plan, namespace, policy => selects(policy, labelsOf(id)));
    const reasons = [
      ...refused.map(({ gate, reason }) => `${gate}: ${reason}`),
      ...(own === undefined ? [] : [`its pod would run in ${namespace}, and ${own}: name another namespace with --in`]),
    ];
    if (reasons.length === 0) continue;
    const reason = reasons.join('; ');
    named.set(reason, [...(named.get(reason) ?? []), loaded.experiment.metadata.name]);
  }
  if (named.size === 0) return;
  const refusals = [...named].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
  const isCluster = surveyed.some(({ refused }) =>
    refused.some(({ code }) => code === 'forbidden' || code === 'unreachable' || code === 'blind'),
  );
  for (const more of refusals.slice(1)) printNotice(`refused: ${more}`);
  throw new CommandFailure(
    `refused: ${refusals[0]}; nothing was submitted`,
    isCluster ? EXIT.unreachable : EXIT.inconclusive,
  );
}

/** Whether a NetworkPolicy selects pods with these labels. */
const selects = ({ spec }: KubeObject, labels: Readonly<Record<string, string>>): boolean =>
  matchesSelector(fields(fields(spec).podSelector), labels);

/**
 * A pod gets the signing key only where a reaper needs signed undo records and the key may be given to it: whoever has the key can sign for
 * anybody.
 */
async function keyNeed(api: Api, isDry: boolean): Promise<Need[]> {
  const { namespace = '', name } = RECORD_KEY;
  const UNSIGNED = 'undo records will not be signed, and a reaper leaves those of deletions to a person';
  const there = await api.get(RECORD_KEY, { metadataOnly: true });
  if (!there.ok && there.reason === 'not-found' && isDry) {
    printNotice(
      `Secret ${namespace}/${name} is made when it is submitted; the pods' right to read it will come to those shown`,
    );
    return [];
  }
  if (!there.ok) {
    printNotice(`${UNSIGNED}: Secret ${namespace}/${name}: ${there.message}`);
    return [];
  }
  const group = 'rbac.authorization.k8s.io';
  const questions = ['roles', 'rolebindings'].map(resource => ({ verb: 'create', group, resource, namespace }));
  const answers = await checkAccess(api, questions);
  if (answers.every(({ allowed }) => allowed === 'yes'))
    return [{ verb: 'get', group: '', resource: 'secrets', namespace, name }];
  printNotice(`${UNSIGNED}: you may not create roles in ${namespace}`);
  return [];
}

/** The permissions that can be granted: nobody can grant what he does not have. Those that a run can do without are left out, with a line on stderr. */
async function allowed(api: Api, needs: readonly Need[]): Promise<Need[]> {
  const unique = [...new Map(needs.map(need => [JSON.stringify(need), need])).values()];
  const answers = await checkAccess(api, unique);
  const denied = unique.filter((_, index) => answers[index]?.allowed !== 'yes');
  for (const { verb, resource, group, namespace, name } of denied)
    printNotice(
      `you may not ${verb} ${resource}${group === '' ? '' : `.${group}`}${name === undefined ? '' : ` ${name}`}${namespace === undefined ? '' : ` in ${namespace}`}, so its pod may not, either`,
    );
  return unique.filter(need => !denied.includes(need));
}
