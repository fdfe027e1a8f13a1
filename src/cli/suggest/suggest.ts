import { asFaultType, FAULT_TYPES, type FaultType } from '../../faults/types.ts';
import { seededRandom } from '../../host/seeded-random.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { resourcesNamed } from '../../kube/discovery/named-resources.ts';
import { previewFacts } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { documentOf, draftOf, draftText } from '../../suggest/draft.ts';
import { type Offer, offersFor, type Subject } from '../../suggest/offers.ts';
import { withReach } from '../../suggest/reach.ts';
import { readSubject } from '../../suggest/subject.ts';
import type { CommandBody } from '../command.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { modelsOrFail } from '../knowledge.ts';
import { print } from '../output/output.ts';
import { withCluster } from '../session.ts';
import { suggestManaged } from './managed.ts';

/**
 * `mayday suggest KIND/NAME`: the faults that fit an object and why the others do not; with `--type` the experiment for one, filled in
 * from the object, as the file that `plan` and `run` take. Writes nothing.
 */
export const suggestCommand: CommandBody = async ({ globals, args, options }) => {
  const models = Array.isArray(options.knowledge) ? modelsOrFail(options.knowledge as string[]) : undefined;
  if (models !== undefined) {
    if (args[0] !== undefined)
      throw new CommandFailure(`expected --knowledge or an object, found both: leave ${args[0]} out`);
    const to = typeof options.to === 'string' ? options.to : undefined;
    return withCluster(globals, (api, runtime) => suggestManaged({ api, runtime, globals }, models, to));
  }
  if (args[0] === undefined)
    throw new CommandFailure('expected an object such as deploy/web, or --knowledge, found neither');
  const asked = String(args[0]);
  const type = typeof options.type === 'string' ? typeCalled(options.type) : undefined;
  return withCluster(globals, async (api, runtime) => {
    const ref = await objectCalled(api, asked, globals.namespace ?? api.identity.namespace);
    const read = await readSubject(api, ref);
    if (!read.ok)
      throw new CommandFailure(
        `expected ${nameOf(ref)} to exist and be readable, found: ${read.message}`,
        read.reason === 'not-found' ? EXIT.usage : EXIT.unreachable,
      );
    if (type !== undefined) await printDraft(type, read.value, { api, runtime, globals });
    else {
      const offers = offersFor(read.value);
      print({ object: ref, faults: offers }, globals, () => offerLines(ref, offers, asked));
    }
    return EXIT.done;
  });
};

function typeCalled(word: string): FaultType {
  const type = asFaultType(FAULT_TYPES.find(one => one.toLowerCase() === word.toLowerCase()));
  if (type === undefined)
    throw new CommandFailure(`expected --type to be one of ${FAULT_TYPES.join(', ')}; found ${word}`);
  return type;
}

/** The object that `KIND/NAME` names; KIND may be a short name or a plural, as for kubectl. */
async function objectCalled(api: Api, asked: string, namespace: string): Promise<ObjectRef> {
  const [word = '', name = '', ...rest] = asked.split('/');
  if (word === '' || name === '' || rest.length > 0)
    throw new CommandFailure(`expected an object as KIND/NAME, such as deploy/web, found ${asked}`);
  const discovered = await api.discovery();
  if (!discovered.ok)
    throw new CommandFailure(`expected the cluster's kinds, found: ${discovered.message}`, EXIT.unreachable);
  const [resource] = resourcesNamed(discovered.value, word);
  if (resource === undefined) {
    const [blind] = discovered.value.blind;
    const unknown = blind === undefined ? '' : `; ${blind.group} could not be asked (${blind.reason})`;
    throw new CommandFailure(
      `expected a kind that the cluster serves, such as deploy, pod or svc, found ${word}${unknown}`,
      blind === undefined ? EXIT.usage : EXIT.unreachable,
    );
  }
  const { apiVersion, kind, namespaced } = resource;
  return { apiVersion, kind, ...(namespaced && { namespace }), name };
}

async function printDraft(
  type: FaultType,
  subject: Subject,
  { api, runtime, globals }: { api: Api; runtime: Runtime; globals: Parameters<CommandBody>[0]['globals'] },
): Promise<void> {
  const offer = offersFor(subject).find(one => one.type === type);
  if (!offer?.fits) {
    const { kind, metadata } = subject.object;
    throw new CommandFailure(
      `expected ${type} to fit ${nameOf({ kind, ...metadata })}, found: ${offer?.reason ?? 'no such type'}; without --type all that fit are listed`,
    );
  }
  const draft = await withReach(api, draftOf(offer, subject), name =>
    previewFacts(runtime, api, name, seededRandom(1)),
  );
  print(documentOf(draft), globals, () => draftText(draft).trimEnd().split('\n'));
}

function offerLines(ref: ObjectRef, offers: readonly Offer[], asked: string): string[] {
  const fitting = offers.filter(({ fits }) => fits);
  const longest = Math.max(...offers.map(({ type }) => type.length));
  const line = (offer: Offer): string =>
    offer.fits
      ? `  ${offer.type.padEnd(longest)}  ${offer.danger.padEnd(6)}  ${offer.expects.padEnd(9)}  ${parameterText(offer.parameters)}`
      : `  ${offer.type.padEnd(longest)}  ${offer.reason}`;
  return [
    `${nameOf(ref)}: ${fitting.length} of ${offers.length} faults fit`,
    ...fitting.map(line),
    'these do not:',
    ...offers.filter(({ fits }) => !fits).map(line),
    ...(fitting[0] === undefined
      ? []
      : [
          `mayday suggest ${asked}${ref.namespace === undefined ? '' : ` -n ${ref.namespace}`} --type ${fitting[0].type} prints the experiment`,
        ]),
  ];
}

const parameterText = (parameters: Readonly<Record<string, string>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
