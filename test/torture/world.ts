import { readFileSync } from 'node:fs';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { LoadedExperiment } from '../../src/experiment/types.ts';
import type { FaultType } from '../../src/faults/types.ts';
import { FAULT_TYPES } from '../../src/faults/types.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { ApiResource } from '../../src/kube/discovery/discovery.ts';
import { deployment, podOf } from '../support/deployments.ts';
import { fakeDiscovery } from '../support/fake-kinds.ts';
import { inShop } from '../support/objects.ts';
import { beside, recorded, recordedCases } from '../support/recorded.ts';
import { oneOf, type Random } from './draw.ts';
import { vary } from './vary.ts';

/** A cluster before the injection, and the experiment that is run in it. */
export interface World {
  name: string;
  type: FaultType;
  objects: KubeObject[];
  loaded: LoadedExperiment;
}

/** Where a world of one type comes from: a recorded injection, or a small shop for a type that has none. */
export interface Stage {
  name: string;
  type: FaultType;
  objects: readonly KubeObject[];
  loaded: LoadedExperiment;
  /** The experiment as a file, for real processes. */
  file: URL;
}

/** Every stage of every type. A type without one stops the torture: nothing is left out silently. */
export function stages(): Stage[] {
  const known = [podStage(), ...recordedCases().map(({ name, type }) => recordedStage(name, type))];
  const missing = FAULT_TYPES.filter(type => !known.some(stage => stage.type === type));
  if (missing.length > 0)
    throw new Error(`expected a stage of every type, recorded or like podStage, found none of ${missing.join(', ')}`);
  return known;
}

/** A world made from a stage, with everything varied that the injection does not name. The same random gives the same world. */
export function worldOf(stage: Stage, random: Random): World {
  const loaded = structuredClone(stage.loaded);
  const { parameters } = loaded.experiment.spec.injection;
  const objects = stage.objects.map(object => vary(object, parameters, random));
  if (stage.type === 'ConfigDrift' && random() < 0.5)
    parameters.value = oneOf(random, ['chaos', 'chaos\n', '<chaos&>', '{"chaos":1}', 'chäos\u2028']);
  return { name: stage.name, type: stage.type, objects, loaded };
}

function stageOf(name: string, type: FaultType, objects: readonly KubeObject[], file: URL): Stage {
  const loaded = loadExperiment(readFileSync(file, 'utf8'), `${name}.yaml`);
  if (!loaded.ok) throw new Error(`${name}: ${loaded.errors.map(error => error.message).join('; ')}`);
  return { name, type, objects: unique([...objects, ...bystanders()]), loaded: loaded.loaded, file };
}

function recordedStage(name: string, type: FaultType): Stage {
  const file = new URL(`../fixtures/stuck/${name}.experiment.yaml`, import.meta.url);
  return stageOf(name, type, [...recorded(name, 'before'), ...beside(name)].filter(Boolean), file);
}

function podStage(): Stage {
  const pods = ['web-1', 'web-2', 'web-3'].map(name => podOf('web', name));
  return stageOf(
    'pod-kill',
    'PodKill',
    [deployment('web'), ...pods],
    new URL('./pod-kill.experiment.yaml', import.meta.url),
  );
}

/** What nobody injects into; it must come out as it went in. The Deployment is what the experiments' steady state looks at. */
function bystanders(): KubeObject[] {
  const status = {
    replicas: 1,
    updatedReplicas: 1,
    readyReplicas: 1,
    conditions: [{ type: 'Available', status: 'True' }],
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'cluster-1' } },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } },
    inShop('v1', 'ConfigMap', 'bystander', { data: { mode: 'live' } }),
    inShop('v1', 'Secret', 'bystander', { data: { mode: 'bGl2ZQ==' } }),
    { ...deployment('bystander', { replicas: 1 }), status },
  ];
}

interface Named {
  kind: string;
  metadata: { namespace?: string; name: string };
}

export const keyOf = ({ kind, metadata }: Named): string => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

/** A stage may hold one of the bystanders itself. */
const unique = (objects: readonly KubeObject[]): KubeObject[] => [
  ...new Map(objects.toReversed().map(object => [keyOf(object), object])).values(),
];

/** Kinds among the objects that the usual discovery of tests does not have. */
export function kindsOf(objects: readonly KubeObject[]): ApiResource[] {
  const unknown = objects.filter(({ apiVersion, kind }) => fakeDiscovery().byKind(apiVersion, kind) === undefined);
  return unknown.map(({ apiVersion, kind, metadata }) => {
    const [version = '', group = ''] = apiVersion.split('/').toReversed();
    const singular = kind.toLowerCase();
    return {
      group,
      version,
      apiVersion,
      kind,
      resource: `${singular}s`,
      singular,
      namespaced: metadata.namespace !== undefined,
      verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'],
      shortNames: [],
      subresources: [],
    };
  });
}
