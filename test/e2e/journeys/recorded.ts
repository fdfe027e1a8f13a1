import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../cluster/eventually.ts';
import { beside, recorded, recordedCases } from '../../support/recorded.ts';
import { asNew, NAMESPACE, WIDGETS, withUids } from '../../support/recorded-live.ts';
import { kubectl } from '../providers/kubectl.ts';
import type { Provider } from '../providers/provider.ts';
import { lasting, type Thing } from './objects.ts';
import { createUser, installRoles, rolesHandedOut } from './people.ts';
import { openStage, type Stage } from './stage.ts';

const CASES = recordedCases();

/** What must not stand in the way while the stage is being set, last. */
const LAST = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'ResourceQuota'];

const nameOf = ({ kind, metadata }: Thing): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
const isSame = (one: Thing) => (other: Thing) => nameOf(one) === nameOf(other);

/** The worst minute: everything that the framework was ever seen to leave behind, in one cluster, and one command. */
export function recordedJourneys(given: () => Provider): void {
  describe('every recorded injection at once', () => {
    let stage: Stage;
    /** Everything of the stage but its namespace, to be taken down again. */
    const made: Thing[] = [];
    const was = new Map<string, Thing>();
    const plans = new Map<string, Thing>();
    let receipts: { id: string; outcome: string; verified: boolean; message: string; object: Thing }[];
    let remaining: number;
    let code: number;

    const admin = (words: string[], objects?: Thing[]) =>
      kubectl(given().kubeconfig, words, objects?.map(object => JSON.stringify(object)).join('\n'));
    const place = ({ metadata }: Thing) => (metadata.namespace === undefined ? [] : ['-n', metadata.namespace]);
    async function read(object: Thing): Promise<Thing | undefined> {
      const words = ['get', kindOf(object), object.metadata.name, ...place(object), '--ignore-not-found', '-o', 'json'];
      const text = await admin(words);
      return text === '' ? undefined : JSON.parse(text);
    }
    async function create(object: Thing): Promise<Thing> {
      // Raw, since kubectl's own create and replace also rewrite the annotation that its apply once left.
      await admin(['create', '--raw', collectionOf(object), '-f', '-'], [asNew(object)]);
      made.push(object);
      return read(object);
    }

    beforeAll(async () => {
      stage = await openStage(given());
      await installRoles(given());
      await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
      await create(WIDGETS);
      await eventually('Widgets are served', () => admin(['get', 'widgets', '-A']).then(() => true));
      const before = CASES.flatMap(({ name }) => recorded(name, 'before'));
      const uids = new Map<string, string>();
      // Owners and roles decide how things go back; the pods that an injection would reach do not.
      const others = CASES.flatMap(({ name }) => beside(name)).filter(({ kind }) => kind.endsWith('Role'));
      const once = [...others, ...before].filter((one, at, all) => all.findIndex(isSame(one)) === at);
      // A recorded owner is the Deployment of another case: its uid is known only once that one is there.
      const owned = once.filter(({ metadata }) => metadata.ownerReferences !== undefined);
      const owners = CASES.flatMap(({ name }) => beside(name)).filter(one => one.kind === 'Deployment');
      for (const object of [...once.filter(one => !owned.includes(one)), ...owned]) {
        const theirs = owners.find(isSame(object))?.metadata.uid;
        const created = await create(withUids(object, uids));
        if (theirs !== undefined) uids.set(theirs, created.metadata.uid);
        was.set(nameOf(object), lasting(created));
      }
      await askForPlans();
      await inject(before, uids);
      const everywhere = ['mayday-viewer', 'mayday-reverter', 'mayday-reverter-rbac', 'mayday-custom'];
      const reverter = await createUser(stage, 'reverter', { everywhere });
      const ended = await stage.mayday(['-o', 'json', 'revert', '--all', '--yes', '--trust-records'], reverter);
      code = ended.code;
      if (ended.stdout === '') throw new Error(ended.stderr);
      ({ receipts, remaining } = JSON.parse(ended.stdout));
    }, 300_000);

    /** What each recorded experiment needs, as a plan says it to somebody who has the roles of an injector and no more. */
    async function askForPlans(): Promise<void> {
      const everywhere = ['mayday-viewer', 'mayday-injector', 'mayday-injector-rbac', 'mayday-custom'];
      const injector = await createUser(stage, 'injector', { everywhere });
      const waiting = [...CASES];
      const ask = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const set = [
            'injection.dangerLevel=high',
            'blastRadius.allowDangerous=true',
            'blastRadius.maxPodsAffected=20',
          ];
          const settings = set.flatMap(each => ['--set', each]);
          const path = fileURLToPath(new URL(`../../fixtures/stuck/${next.name}.experiment.yaml`, import.meta.url));
          const ended = await stage.mayday(['-o', 'json', 'plan', path, ...settings], injector);
          plans.set(next.name, ended.stdout === '' ? { failed: ended.stderr } : JSON.parse(ended.stdout));
        }
      };
      await Promise.all([ask(), ask(), ask()]);
    }

    /** Overwrites victims, makes what was made, deletes what was deleted. */
    async function inject(before: Thing[], uids: ReadonlyMap<string, string>): Promise<void> {
      const rank = ({ kind }: Thing) => LAST.indexOf(kind);
      const injected = CASES.flatMap(({ name }) => recorded(name, 'injected')).map(one => withUids(one, uids));
      for (const object of injected.toSorted((a, b) => rank(a) - rank(b))) {
        if (!before.some(isSame(object))) await create(object);
        else await overwrite(object);
      }
      for (const object of before.filter(one => !injected.some(isSame(one))))
        await admin(['delete', kindOf(object), object.metadata.name, ...place(object)]);
    }
    /** Controllers may write between the read and the write, so that it may take more than one try. */
    async function overwrite(object: Thing): Promise<void> {
      await eventually(`${nameOf(object)} is overwritten`, async () => {
        const live = await read(object);
        const { uid, resourceVersion } = live.metadata;
        const next = asNew(object) as Thing;
        const body = { ...next, metadata: { ...next.metadata, uid, resourceVersion } };
        const path = `${collectionOf(object)}/${object.metadata.name}`;
        await admin(['replace', '--raw', path, '-f', '-'], [body]);
        return true;
      });
    }

    afterAll(async () => {
      await stage?.mayday(['latch', 'off']);
      for (const object of made.reverse())
        await admin([
          'delete',
          kindOf(object),
          object.metadata.name,
          ...place(object),
          '--ignore-not-found',
          '--wait=false',
        ]);
      await eventually(
        `${NAMESPACE} is gone`,
        async () => (await admin(['get', 'namespace', NAMESPACE, '--ignore-not-found'])) === '',
        60,
      );
      await stage?.close();
    }, 120_000);

    test('each is reverted, verified, and none remains', async () => {
      const failed = receipts.filter(({ outcome, verified }) => outcome !== 'reverted' || !verified);
      expect(failed).toEqual([]);
      expect({ remaining, code }).toEqual({ remaining: 0, code: 0 });
      const scan = await stage.mayday(['-o', 'json', 'scan']);
      expect(JSON.parse(scan.stdout)).toMatchObject({ injections: [], blind: [] });
    });

    test('the roles handed out are what the plans ask for, and nothing else', () => {
      const asked = (purpose: 'inject' | 'revert') =>
        [...plans.values()]
          .flatMap(({ permissions }) => permissions)
          .filter(each => each.for === purpose && each.optional === undefined);
      expect(
        asked('inject')
          .concat(asked('revert'))
          .filter(({ allowed }) => allowed !== true),
      ).toEqual([]);
      // What only a proof needs is asked for too; the roles leave out the right to delete custom resources, and nothing is refused for it.
      const forProof = [...plans.values()].flatMap(({ permissions }) => permissions).filter(each => each.optional);
      expect(forProof).toMatchObject([
        { verb: 'delete', group: 'demo.example.com', resource: 'widgets', for: 'inject', allowed: false },
      ]);
      const words = ({ verb, group, resource, subresource }: Thing) =>
        `${verb} ${subresource === undefined ? resource : `${resource}/${subresource}`}.${group}`;
      const isWrite = ({ verb }: Thing) => !['get', 'list'].includes(verb);
      const roles = rolesHandedOut();
      const granted = (...names: string[]) =>
        names
          .flatMap(name => roles.get(name) ?? [])
          .flatMap(({ apiGroups, resources, verbs }) =>
            apiGroups.flatMap((group: string) =>
              resources.flatMap((resource: string) => verbs.map((verb: string) => words({ verb, group, resource }))),
            ),
          );
      const custom = granted('mayday-custom');
      const wanted = (purposes: ('inject' | 'revert')[]) =>
        new Set(
          purposes
            .flatMap(asked)
            .filter(isWrite)
            .map(words)
            .filter(each => !custom.includes(each)),
        );
      // A run reverts what it injected, so that it needs both. PodKill leaves nothing that could have been recorded; the proof that
      // rights are gone is no part of what a plan writes.
      const injector = granted('mayday-injector', 'mayday-injector-rbac');
      expect(new Set(injector)).toEqual(
        wanted(['inject', 'revert'])
          .add('delete pods.')
          .add('create events.')
          .add('create subjectaccessreviews.authorization.k8s.io'),
      );
      // The latch is a ConfigMap that is made and deleted; experiments of the framework are stopped before anything is reverted.
      const stops = ['patch', 'delete'].map(verb => `${verb} chaosexperiments.chaos.operatorchaos.io`);
      expect(new Set(granted('mayday-reverter', 'mayday-reverter-rbac'))).toEqual(
        new Set([...wanted(['revert']), 'create configmaps.', 'delete configmaps.', ...stops]),
      );
    });

    test.each(CASES)('a plan for $name is permitted to an injector', ({ name }) => {
      const { gates, failed } = plans.get(name);
      expect(failed).toBeUndefined();
      expect(gates.filter((gate: Thing) => !gate.ok)).toEqual([]);
    });

    test.each(CASES)('$name is exactly what it was', async ({ name }) => {
      const before = recorded(name, 'before');
      for (const object of before) {
        const now = await read(object);
        expect(now === undefined ? `no ${nameOf(object)}` : lasting(now)).toEqual(was.get(nameOf(object)));
      }
      for (const object of recorded(name, 'injected').filter(one => !before.some(isSame(one))))
        expect(await read(object)).toBeUndefined();
    });
  });
}

/** `Deployment.v1.apps`: the kind as kubectl is sure of it. */
const kindOf = ({ apiVersion, kind }: Thing): string =>
  apiVersion.includes('/') ? `${kind}.${apiVersion.split('/').reverse().join('.')}` : kind;

/** Where objects of this kind are made, in a place like this one's. */
function collectionOf({ apiVersion, kind, metadata }: Thing): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${place}/${kind.toLowerCase().replace(/y$/, 'ie')}s`;
}
