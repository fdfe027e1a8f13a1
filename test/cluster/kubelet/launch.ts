/** Starts the process of a container, with its environment, its files and its ports. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../controlplane/ports.ts';
import type { Launched } from './container.ts';
import { environment, expand } from './fields.ts';
import { type Gate, openGate } from './gate.ts';
import { commandLine, type Image } from './images.ts';
import type { Host } from './pod.ts';
import type { ContainerSpec, Metadata } from './types.ts';
import { mount, type Source } from './volumes.ts';

/** The pod around the container. */
export interface Place {
  readonly host: Host;
  readonly metadata: Metadata;
  readonly folder: string;
  readonly source: Source;
  /** Gates before the pod's ports that are open now; those made here are put in and taken out again. */
  readonly doors: Set<Gate>;
  /** True while a NetworkPolicy keeps others from reaching the pod. */
  isShut(): boolean;
}

/** Starts it, for the `restart`-th time. Rejects when its environment refers to what is not there. */
export async function launchContainer(
  place: Place,
  spec: ContainerSpec,
  image: Image,
  restart: number,
): Promise<Launched | 'missing command'> {
  const { folder, source, metadata } = place;
  const command = commandLine(image, spec);
  if (command === undefined) return 'missing command';
  const variables = await environment(spec.env ?? [], {
    field: source.field,
    secret: async (name, key) => (await source.secret(name))?.[key]?.toString(),
    configMap: async (name, key) => (await source.configMap(name))?.[key]?.toString(),
  });
  const root = join(folder, spec.name);
  mkdirSync(join(root, 'tmp'), { recursive: true });
  mount(spec, join(folder, 'volumes'), root);
  const kubeconfig = join(folder, 'kubeconfig');
  const free = await freePorts(image.listens.length);
  const ports = new Map(image.listens.map((port, index) => [port, free[index] ?? 0]));
  const doors = await openDoors(place, ports);

  const args = [...command.map(each => expand(each, variables)), ...image.arguments({ ports, root, kubeconfig })];
  const env = { ...variables, TMPDIR: join(root, 'tmp'), KUBECONFIG: kubeconfig };
  const log = logName(metadata.namespace, metadata.name, spec.name, restart);
  const child = place.host.spawn(log, image.binary, args, { env, cwd: root });
  const numbered = (port: number | string): number =>
    typeof port === 'number' ? port : (spec.ports?.find(each => each.name === port)?.containerPort ?? 0);
  return {
    child,
    portOf: port => ports.get(numbered(port)),
    reachOf: port => doors.get(numbered(port))?.port,
    closed() {
      for (const door of doors.values()) {
        door.close();
        place.doors.delete(door);
      }
    },
  };
}

/** A gate before each port, so that a NetworkPolicy also stops connections that are open already. */
async function openDoors(place: Place, ports: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, Gate>> {
  const made = new Map<number, Gate>();
  for (const [port, behind] of ports) {
    const door = await openGate(behind);
    door.setCut(place.isShut());
    place.doors.add(door);
    made.set(port, door);
  }
  return made;
}

/** The name of a container's log, below the cluster's logs; one file per restart, as `kubectl logs -p` needs it. */
export const logName = (namespace: string, pod: string, container: string, restart: number): string =>
  `pods/${namespace}_${pod}_${container}_${restart}`;
