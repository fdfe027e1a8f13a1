import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivate } from '../../host/disk/private-file.ts';
import { seededRandom } from '../../host/seeded-random.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { type Component, type Knowledge, managedRef } from '../../knowledge/document.ts';
import type { Api } from '../../kube/client/api.ts';
import { previewFacts } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type Draft, draftOf, draftText } from '../../suggest/draft.ts';
import { offersFor } from '../../suggest/offers.ts';
import { withReach } from '../../suggest/reach.ts';
import { readSubject } from '../../suggest/subject.ts';
import { counted } from '../../text/counted.ts';
import { sanitise } from '../../text/sanitise.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { print } from '../output/output.ts';

/** The faults that fit one object of a model, or why it was not looked at. */
interface Managed {
  operator: string;
  component: string;
  object: string;
  drafts: Draft[];
  /** Why nothing is suggested for this object. */
  why?: string;
}

/**
 * `mayday suggest --knowledge PATH`: for each object that the models name, the faults that fit it, with operator and component of the model
 * filled in; with `--to` each as a file. Exit 8 when an object could not be read.
 */
export async function suggestManaged(
  { api, runtime, globals }: { api: Api; runtime: Runtime; globals: GlobalOptions },
  models: readonly Knowledge[],
  to: string | undefined,
): Promise<ExitCode> {
  const discovery = await api.discovery();
  if (!discovery.ok) throw new CommandFailure(discovery.message, EXIT.unreachable);
  const found: (Managed & { isBlind: boolean })[] = [];
  for (const model of models)
    for (const component of model.components)
      for (const resource of component.managedResources) {
        const served = discovery.value.byKind(resource.apiVersion, resource.kind);
        const ref = managedRef(resource, model, served?.namespaced === false);
        found.push(await managed(api, runtime, model, component, ref));
      }
  const files = to === undefined ? [] : written(to, found);
  const shown = found.map(({ isBlind: _, drafts, ...rest }) => ({ ...rest, faults: drafts.map(({ type }) => type) }));
  print({ objects: shown, files }, globals, () => [...found.flatMap(lines), ...ending(found, files, to)]);
  return found.some(({ isBlind }) => isBlind) ? EXIT.unreachable : EXIT.done;
}

async function managed(
  api: Api,
  runtime: Runtime,
  { operator }: Knowledge,
  component: Component,
  ref: ObjectRef,
): Promise<Managed & { isBlind: boolean }> {
  const about = { operator: operator.name, component: component.name, object: nameOf(ref) };
  const read = await readSubject(api, ref);
  if (!read.ok) {
    const isGone = read.reason === 'not-found';
    return { ...about, drafts: [], why: isGone ? 'not there' : `BLIND: ${read.message}`, isBlind: !isGone };
  }
  const subject = read.value;
  const drafts: Draft[] = [];
  for (const offer of offersFor(subject)) {
    if (!offer.fits) continue;
    const draft = draftOf(offer, subject);
    const target = { ...draft.target, operator: operator.name, component: component.name };
    drafts.push(await withReach(api, { ...draft, target }, name => previewFacts(runtime, api, name, seededRandom(1))));
  }
  return { ...about, drafts, isBlind: false };
}

const lines = ({ operator, component, object, drafts, why }: Managed): string[] => [
  `${operator} ${component}  ${object}  ${why ?? (drafts.map(({ type }) => type).join(' ') || 'no fault fits')}`,
];

function ending(found: readonly Managed[], files: readonly string[], to: string | undefined): string[] {
  const count = found.reduce((sum, { drafts }) => sum + drafts.length, 0);
  const objects = `${counted(count, 'experiment')} for ${counted(found.length, 'object')}`;
  if (to === undefined) return [`${objects}; --to FOLDER writes each as a file`];
  return [`${objects}; ${counted(files.length, 'file')} written to ${to}`];
}

const LONGEST_NAME = 63;

/** Gives every draft a name of its own: equal ones get the kind in front, then the operator, and a number where that does not tell them apart. */
function namedApart(drafts: readonly Draft[]): Draft[] {
  const byKind = withPrefix(drafts, ({ target }) => target.resource.split('/')[0]?.toLowerCase() ?? '');
  const used = new Set<string>();
  return withPrefix(byKind, ({ target }) => target.operator).map(draft => {
    let { name } = draft;
    for (let number = 2; used.has(name); number++)
      name = `${draft.name.slice(0, LONGEST_NAME - `-${number}`.length)}-${number}`;
    used.add(name);
    return { ...draft, name };
  });
}

/** Puts a word in front of the names that several drafts have. */
function withPrefix(drafts: readonly Draft[], prefix: (draft: Draft) => string): Draft[] {
  const isShared = ({ name }: Draft): boolean => drafts.filter(draft => draft.name === name).length > 1;
  const cut = (name: string): string => name.slice(0, LONGEST_NAME).replace(/-+$/, '');
  return drafts.map(draft => (isShared(draft) ? { ...draft, name: cut(`${prefix(draft)}-${draft.name}`) } : draft));
}

/** Writes each experiment as a file; writes nothing where one of the files exists. */
function written(folder: string, found: readonly Managed[]): string[] {
  const drafts = namedApart(found.flatMap(one => one.drafts));
  const pathOf = ({ name }: Draft): string => join(folder, `${name}.yaml`);
  const taken = drafts.map(pathOf).find(path => existsSync(path));
  const refuse = (path: string, why: string) =>
    new CommandFailure(`expected to write ${sanitise(path, 300)}, found ${why}: name an empty folder with --to`);
  if (taken !== undefined) throw refuse(taken, 'a file that is there already; nothing was written');
  mkdirSync(folder, { recursive: true });
  return drafts.map(draft => {
    const path = pathOf(draft);
    const unwritten = writePrivate(path, draftText(draft), { replace: false });
    if (unwritten === undefined) return path;
    throw refuse(path, unwritten.is === 'taken' ? 'a file that came meanwhile' : unwritten.why);
  });
}
