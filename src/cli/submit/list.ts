import type { Api } from '../../kube/client/api.ts';
import { isSubmissionId } from '../../submit/names.ts';
import { leftRights } from '../../submit/remove.ts';
import { readSubmissions, type SubmissionState } from '../../submit/state.ts';
import { counted } from '../../text/counted.ts';
import { sanitise } from '../../text/sanitise.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { printNotice } from '../output/notice.ts';
import { linePrinter, print } from '../output/output.ts';
import { followScreen } from './follow-screen.ts';
import { listLine, stateJson } from './state-text.ts';

/** `mayday submit --list`: every submission of the cluster, or of one namespace where that was named or only that may be read. */
export async function listSubmissions(
  globals: GlobalOptions,
  api: Api,
  where: { namespace?: string },
): Promise<ExitCode> {
  const { states, isWhole } = await readOrFail(api, where);
  print(states.map(stateJson), globals, () => (states.length === 0 ? 'no submissions' : states.map(listLine)));
  const rights = await leftRights(api, states, isWhole);
  for (const [id, count] of rights.left)
    printNotice(
      `${sanitise(id, 60)} has ended, but ${counted(count, 'object')} with its rights ${count === 1 ? 'is' : 'are'} left: \`mayday submit --cancel ${sanitise(id, 60)}\``,
    );
  if (rights.blind.length > 0)
    printNotice(`BLIND to rights that submissions may have left: ${rights.blind.join('; ')}`);
  const blind = [...new Set(states.flatMap(state => state.blind))];
  for (const line of blind) printNotice(`BLIND to ${line}`);
  return blind.length === 0 ? EXIT.done : EXIT.unreachable;
}

/** Reads submissions; where the whole cluster may not be read, those in the namespace of the context. `isWhole`: every submission of the cluster was read. */
async function readOrFail(
  api: Api,
  where: { id?: string; namespace?: string },
): Promise<{ states: SubmissionState[]; isWhole: boolean }> {
  const all = await readSubmissions(api, where);
  if (all.ok) return { states: all.value, isWhole: where.id === undefined && where.namespace === undefined };
  const { namespace } = api.identity;
  if (all.reason === 'forbidden' && where.namespace === undefined) {
    const here = await readSubmissions(api, { ...where, namespace });
    if (here.ok) {
      printNotice(`BLIND to other namespaces than ${namespace}: ${all.message}; --in names another`);
      return { states: here.value, isWhole: false };
    }
  }
  throw new CommandFailure(`submissions cannot be read: ${all.message}`, EXIT.unreachable);
}

/** The submission with this id; throws a failure that names those there are. */
export async function theSubmission(api: Api, id: string, where: { namespace?: string }): Promise<SubmissionState> {
  const shown = sanitise(id, 60);
  if (!isSubmissionId(id))
    throw new CommandFailure(
      `expected the id of a submission such as 20261128-215349-3f9a2c, found ${shown}: \`mayday submit --list\` names them`,
    );
  const [state] = (await readOrFail(api, { ...where, id })).states;
  if (state !== undefined) return state;
  throw new CommandFailure(
    `expected a submission ${shown}, found none: \`mayday submit --list\` names those there are`,
  );
}

/** `mayday submit --logs`: the logs of its pods; for a pod that is gone, the lines that its result keeps. */
export async function logsOf(globals: GlobalOptions, api: Api, state: SubmissionState): Promise<ExitCode> {
  const line = linePrinter(globals);
  const kept = followScreen(globals);
  const indexes = new Set([...state.results, ...state.pods].map(({ index }) => index));
  let isWhole = true;
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const pods = state.pods.filter(pod => pod.index === index);
    for (const { name } of pods) {
      const path = `/api/v1/namespaces/${state.namespace}/pods/${name}/log`;
      const got = await api.raw({ path, query: { container: 'mayday' }, accept: 'text/plain, */*' });
      if (got.ok) for (const text of String(got.value).split('\n').filter(Boolean)) line(`[${index}] ${text}`);
      else {
        isWhole = false;
        printNotice(`the log of pod ${name} cannot be read: ${got.message}`);
      }
      if (got.ok) indexes.delete(index);
    }
    if (!indexes.has(index)) continue;
    const result = state.results.find(one => one.index === index);
    printNotice(
      result?.summary === undefined
        ? `pod ${index} wrote nothing so far`
        : `the log of pod ${index} is not there; this is what its result keeps`,
    );
    for (const event of result?.events ?? []) kept({ is: 'event', index, event });
    for (const missing of result?.summary?.missing ?? []) printNotice(`missing: ${sanitise(missing, 200)}`);
  }
  return isWhole ? EXIT.done : EXIT.unreachable;
}
