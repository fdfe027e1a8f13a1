import type { Baseline } from '../baseline/baseline.ts';
import { type BaselineDiff, differenceLines } from '../baseline/compare.ts';
import { readBaseline } from '../baseline/read.ts';
import { writePrivate } from '../host/disk/private-file.ts';
import { readRegular } from '../host/disk/regular.ts';
import type { ResourceNote } from '../injection/resources.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { type Baselines, baselinesFor } from '../runtime/baselines.ts';
import { engineFor } from '../runtime/open-engine.ts';
import { counted } from '../text/counted.ts';
import { age } from '../text/duration.ts';
import { jsonText } from '../text/json.ts';
import { rfc3339 } from '../text/rfc3339.ts';
import type { CommandBody, Invocation } from './command.ts';
import { CommandFailure, EXIT, type ExitCode } from './failure.ts';
import { expectNamespace } from './namespace.ts';
import { printNotice } from './output/notice.ts';
import { print } from './output/output.ts';
import { withCluster } from './session.ts';

const LONGEST_BASELINE = 256 * 1024 * 1024;

/** `mayday baseline save [NAMESPACE…]` and `mayday baseline diff [ID]`: saves the state of namespaces, and shows what has changed since. */
export const baselineCommand: CommandBody = async invocation => {
  const [action, given] = invocation.args as [string, string[]];
  if (action !== 'save' && action !== 'diff')
    throw new CommandFailure(`expected baseline save or baseline diff, found baseline ${action}`);
  return withCluster(invocation.globals, async (api, runtime) => {
    const baselines = baselinesFor(runtime, api, engineFor(runtime, api));
    if (action === 'diff') {
      const before = await wanted(given, invocation, baselines);
      const uid = await engineFor(runtime, api).clusterUid();
      if (before.clusterUid !== uid)
        throw new CommandFailure(
          `expected the cluster of the baseline (context ${before.context}, ${before.server}), found another one in context ${api.identity.context}: use --context`,
        );
      return shown(await baselines.diff(before), invocation);
    }
    const { namespace } = invocation.globals;
    const namespaces = [...given, ...(namespace === undefined ? [] : [namespace])];
    for (const one of namespaces) await expectNamespace(api, one);
    return saved(namespaces, invocation, baselines);
  });
};

async function wanted(given: readonly string[], { options }: Invocation, baselines: Baselines): Promise<Baseline> {
  const { from } = options;
  if (given.length > 1 || (given.length > 0 && typeof from === 'string'))
    throw new CommandFailure('expected the id of one baseline, or --from with its file, found more than one');
  const found = typeof from === 'string' ? ofFile(from) : await baselines.find(given[0]);
  if (typeof found !== 'string') return found;
  throw new CommandFailure(
    `${found.startsWith('expected ') ? found : `expected a saved baseline, found none: ${found}`}; \`mayday baseline save\` makes one`,
  );
}

function ofFile(path: string): Baseline | string {
  const reading = readRegular(path, LONGEST_BASELINE);
  if (reading.is === 'text') return readBaseline(reading.text);
  return `${path} cannot be read: ${reading.is === 'missing' ? 'there is nothing' : reading.why}`;
}

async function saved(namespaces: string[], { globals, options }: Invocation, baselines: Baselines): Promise<ExitCode> {
  const { baseline, path } = await baselines.save(namespaces);
  const { to } = options;
  if (typeof to === 'string') {
    const problem = writePrivate(to, `${jsonText(baseline)}\n`, { replace: options.force === true });
    if (problem !== undefined)
      throw new CommandFailure(
        problem.is === 'taken'
          ? `expected no file at ${to}, found one: name another, or replace it with --force; it is kept at ${path}`
          : `${to} was not written: ${problem.why}; it is kept at ${path}`,
      );
  }
  const { id, objects, blind } = baseline;
  const of = namespaces.length === 0 ? 'all namespaces' : namespaces.join(', ');
  print({ id, path, namespaces, objects: objects.length, blind }, globals, () => [
    `baseline ${id} of ${of}: ${counted(objects.length, 'object')}`,
    ...blindLines(blind),
  ]);
  if (globals.output === 'text')
    printNotice(`kept at ${typeof to === 'string' ? `${path} and ${to}` : path}; \`mayday baseline diff\` compares`);
  return blind.length > 0 ? EXIT.unreachable : EXIT.done;
}

/** Prints the differences. Gives 7 where anything differs, 8 where not everything could be compared, else 0. */
function shown(diff: BaselineDiff, { globals }: Invocation): ExitCode {
  const { differences, blind, madeAgain, compared, before, at } = diff;
  const json = { ...diff, before: { ...before, at: rfc3339(before.at) }, at: rfc3339(at) };
  print(json, globals, () => [
    ...differenceLines(diff),
    ...madeAgain.map(object => `made again, as it was: ${nameOf(object)}`),
    ...blindLines(blind),
    `${differsText(differences.length, blind.length)}: ${compared} objects compared with baseline ${before.id}, ${age(at - before.at)} old`,
  ]);
  if (differences.length > 0) return EXIT.residue;
  return blind.length > 0 ? EXIT.unreachable : EXIT.done;
}

const differsText = (count: number, blind: number): string =>
  count > 0 ? `${count} of them differ` : blind > 0 ? 'nothing differs in what could be read' : 'nothing differs';

const blindLines = (blind: readonly ResourceNote[]): string[] =>
  blind.map(({ resource, reason }) => `BLIND     ${resource}: ${reason}`);
