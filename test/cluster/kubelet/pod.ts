/** One pod of the process kubelet, from its assignment to the node to its end. */
import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../controlplane/api.ts';
import type { Child, StartOptions } from '../controlplane/children.ts';
import { writeKubeconfig } from '../controlplane/kubeconfig.ts';
import { freePorts } from '../controlplane/ports.ts';
import { type Container, type Launched, runContainer } from './container.ts';
import { environment, expand, podField } from './fields.ts';
import { type Gate, openGate } from './gate.ts';
import { commandLine, findImage, type Image } from './images.ts';
import type { Isolation } from './isolation.ts';
import { recordEvent, sourceFor } from './objects.ts';
import { podStatus } from './status.ts';
import type { ContainerSpec, ContainerStatus, Pod } from './types.ts';
import { mount, writeVolumes } from './volumes.ts';

/** What a pod needs of its node. */
export interface Host {
  readonly api: Api;
  readonly node: string;
  readonly address: string;
  readonly images: readonly Image[];
  readonly backoffMs: number;
  /** A folder for pods' files; path of the API server's authority. */
  readonly folder: string;
  readonly authority: string;
  spawn(name: string, binary: string, args: readonly string[], options: StartOptions): Child;
}

export interface RunningPod {
  readonly podIP: string;
  /** The loopback port by which others reach a container port, while a process listens there. */
  reachOf(port: number): number | undefined;
  /** Takes in a newer version of the pod: deletion, or a changed image. */
  update(pod: Pod): void;
  /** Cuts the pod's traffic with the API server, by who opened the connection, or lets it through again. */
  isolate(isolation: Isolation): void;
  /** Ends the processes, whether or not the pod object is still there. */
  end(graceMs: number): Promise<void>;
}

/** Starts a pod. Never rejects: what goes wrong shows in the pod's status and events. */
export function runPod(host: Host, first: Pod, podIP: string): RunningPod {
  let pod = first;
  let containers: Container[] = [];
  let gate: Gate | undefined;
  let isolated: Isolation = { ingress: false, egress: false };
  const doors = new Set<Gate>();
  let ending: Promise<void> | undefined;
  const replacing = new Set<Container>();
  const { namespace, name, uid } = first.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const folder = join(host.folder, uid);
  const volumes = join(folder, 'volumes');
  const field = (wanted: string): string | undefined => podField(pod, podIP, host.address, wanted);
  const source = sourceFor(host.api, first, field);
  const event = (type: string, reason: string, message: string): void =>
    recordEvent(host.api, pod, host.node, type, reason, message);

  const publish = serialised(async () => {
    const statuses = containers.length > 0 ? containers.map(each => each.status()) : pod.spec.containers.map(creating);
    const status = podStatus(pod, statuses, { podIP, hostIP: host.address }, now());
    const patch = { metadata: { uid }, status };
    const sent = await host.api.must(
      'PATCH',
      `${path}/status`,
      patch,
      [404, 409],
      'application/strategic-merge-patch+json',
    );
    if (sent.status < 300) pod = sent.body as Pod;
  });

  const refresh = async (): Promise<void> => {
    await writeVolumes(pod, volumes, source);
    const token = join(folder, 'token');
    mkdirSync(folder, { recursive: true });
    await writeVolumes(tokenOnly(pod), folder, source);
    const server = `https://127.0.0.1:${gate?.port}`;
    if (existsSync(join(folder, 'kubeconfig'))) return;
    const access = {
      server,
      authority: host.authority,
      user: 'pod',
      namespace,
      credentials: { tokenFile: join(token, 'token') },
    };
    writeKubeconfig(join(folder, 'kubeconfig'), access);
  };

  /** A gate before each port, so that a NetworkPolicy also stops connections that are open already. */
  const openDoors = async (ports: ReadonlyMap<number, number>): Promise<ReadonlyMap<number, Gate>> => {
    const made = new Map<number, Gate>();
    for (const [port, behind] of ports) {
      const door = await openGate(behind);
      door.setCut(isolated.ingress);
      doors.add(door);
      made.set(port, door);
    }
    return made;
  };

  const launch = async (spec: ContainerSpec, image: Image, restart: number): Promise<Launched | 'missing command'> => {
    const command = commandLine(image, spec);
    if (command === undefined) return 'missing command';
    const variables = await environment(spec.env ?? [], {
      field,
      secret: async (of, key) => (await source.secret(of))?.[key]?.toString(),
      configMap: async (of, key) => (await source.configMap(of))?.[key]?.toString(),
    });
    const root = join(folder, spec.name);
    mkdirSync(join(root, 'tmp'), { recursive: true });
    mount(spec, volumes, root);
    const free = await freePorts(image.listens.length);
    const ports = new Map(image.listens.map((port, index) => [port, free[index] ?? 0]));
    const own = image.arguments({ ports, root, kubeconfig: join(folder, 'kubeconfig') });
    const args = [...command.map(each => expand(each, variables)), ...own];
    const env = { ...variables, TMPDIR: join(root, 'tmp'), KUBECONFIG: join(folder, 'kubeconfig') };
    const child = host.spawn(logName(namespace, name, spec.name, restart), image.binary, args, { env, cwd: root });
    event('Normal', 'Started', `Started container ${spec.name}`);
    const reach = await openDoors(ports);
    const named = (port: number | string): number =>
      typeof port === 'number' ? port : (spec.ports?.find(each => each.name === port)?.containerPort ?? 0);
    return {
      child,
      portOf: port => ports.get(named(port)),
      reachOf: port => reach.get(named(port))?.port,
      closed() {
        for (const door of reach.values()) {
          door.close();
          doors.delete(door);
        }
      },
    };
  };

  // Again and again, because another pod's end may take the link away while this one still needs it.
  const keepFixedPaths = (): void => {
    for (const spec of pod.spec.containers)
      for (const fixed of findImage(host.images, spec.image)?.fixedPaths ?? [])
        linkAt(fixed, join(folder, spec.name, fixed));
  };

  const run = (spec: ContainerSpec, before?: Container): Container => {
    const earlier = before?.status();
    const around = {
      restartPolicy: pod.spec.restartPolicy ?? 'Always',
      backoffMs: host.backoffMs,
      image: () => findImage(host.images, spec.image),
      launch: (image: Image, restart: number) => launch(spec, image, restart),
      changed: () => void publish(),
      event,
    };
    if (earlier === undefined) return runContainer(spec, around);
    return runContainer(spec, around, earlier.restartCount + 1, earlier.state);
  };

  const begin = async (): Promise<void> => {
    gate = await openGate(Number(new URL(host.api.server).port));
    gate.setCut(isolated.egress);
    void publish();
    let told = '';
    while (ending === undefined) {
      const failure = await refresh().then(
        () => undefined,
        (error: Error) => error.message,
      );
      if (failure !== undefined && failure !== told)
        event('Warning', 'FailedMount', `MountVolume.SetUp failed: ${failure}`);
      told = failure ?? '';
      if (failure === undefined && containers.length === 0) containers = pod.spec.containers.map(spec => run(spec));
      if (failure === undefined) keepFixedPaths();
      // A real kubelet brings changed Secrets to a pod within a minute or so; tests need not wait for that.
      await sleep(1000);
    }
  };
  const life = begin();

  const end = async (graceMs: number): Promise<void> => {
    ending ??= Promise.all(containers.map(each => each.stop(graceMs))).then(() => undefined);
    await ending;
    gate?.close();
    await life;
    for (const fixed of host.images.flatMap(image => image.fixedPaths ?? [])) unlinkAt(fixed, folder);
    rmSync(folder, { recursive: true, force: true });
  };

  return {
    podIP,
    reachOf: port => containers.map(each => each.reachOf(port)).find(found => found !== undefined),
    isolate(wanted) {
      isolated = wanted;
      gate?.setCut(wanted.egress);
      for (const each of doors) each.setCut(wanted.ingress);
    },
    end,
    update(newer) {
      pod = newer;
      if (newer.metadata.deletionTimestamp !== undefined) {
        if (ending !== undefined) return;
        event('Normal', 'Killing', 'Stopping container');
        const grace = newer.metadata.deletionGracePeriodSeconds ?? newer.spec.terminationGracePeriodSeconds ?? 30;
        void end(grace * 1000)
          .then(async () => {
            await publish();
            await host.api.call('DELETE', path, { gracePeriodSeconds: 0, preconditions: { uid } });
          })
          .catch(() => {});
        return;
      }
      for (const old of containers) {
        const wanted = newer.spec.containers.find(spec => spec.name === old.spec.name);
        if (wanted === undefined || wanted.image === old.spec.image || replacing.has(old)) continue;
        replacing.add(old);
        void old.stop(10_000).then(() => {
          containers = containers.map(each => (each === old ? run(wanted, old) : each));
        });
      }
    },
  };
}

/** The name of a container's log, below the cluster's logs; one file per restart, as `kubectl logs -p` needs it. */
export const logName = (namespace: string, pod: string, container: string, restart: number): string =>
  `pods/${namespace}_${pod}_${container}_${restart}`;

// The token that in-cluster clients read is mounted by admission; our kubeconfig needs one in any case.
const tokenOnly = (pod: Pod): Pod => {
  const projected = { sources: [{ serviceAccountToken: { path: 'token' } }] };
  return { ...pod, spec: { ...pod.spec, volumes: [{ name: 'token', projected }] } };
};

const creating = (spec: ContainerSpec): ContainerStatus => ({
  name: spec.name,
  image: spec.image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason: 'ContainerCreating' } },
  lastState: {},
});

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

/** Calls that come while one is running are answered by one more after it: the last state is what counts. */
function serialised(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async (): Promise<void> => {
    do {
      again = false;
      // The API server may be away: try until it takes the newest state.
      const done = await work().then(
        () => true,
        () => false,
      );
      if (!done) {
        await sleep(500);
        again = true;
      }
    } while (again);
  };
  return () => {
    again = true;
    running ??= loop().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function linkAt(fixed: string, target: string): void {
  if (existsSync(fixed)) return;
  mkdirSync(dirname(fixed), { recursive: true });
  rmSync(fixed, { force: true });
  symlinkSync(target, fixed);
}

function unlinkAt(fixed: string, folder: string): void {
  const link = lstatSync(fixed, { throwIfNoEntry: false });
  if (link?.isSymbolicLink() === true && readlinkSync(fixed).startsWith(folder)) rmSync(fixed);
}
