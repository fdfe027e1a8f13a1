/** One pod of the process kubelet, from its assignment to the node to its end. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from '../controlplane/api.ts';
import type { Child, StartOptions } from '../controlplane/children.ts';
import { writeKubeconfig } from '../controlplane/kubeconfig.ts';
import { type Container, runContainer } from './container.ts';
import { podField } from './fields.ts';
import { linkAt, unlinkAt } from './fixed-paths.ts';
import { type Gate, openGate } from './gate.ts';
import { findImage, type Image } from './images.ts';
import type { Isolation } from './isolation.ts';
import { launchContainer } from './launch.ts';
import { recordEvent, sourceFor } from './objects.ts';
import { persistent } from './persist.ts';
import { podStatus } from './status.ts';
import type { ContainerSpec, ContainerStatus, Pod } from './types.ts';
import { writeVolumes } from './volumes.ts';

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
  /** Ends the processes and tells nobody: the pod object is gone, or the kubelet is stopping. */
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
  // The object is there no more, or the kubelet is stopping: nothing needs to be told any longer.
  let isGone = false;
  const replacing = new Set<Container>();
  const { namespace, name, uid } = first.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const folder = join(host.folder, uid);
  const field = (wanted: string): string | undefined => podField(pod, podIP, host.address, wanted);
  const source = sourceFor(host.api, first, field);
  const event = (type: string, reason: string, message: string): void =>
    recordEvent(host.api, pod, host.node, type, reason, message);

  const sendStatus = async (): Promise<void> => {
    const statuses = containers.length > 0 ? containers.map(each => each.status()) : pod.spec.containers.map(creating);
    const status = podStatus(pod, statuses, { podIP, hostIP: host.address }, now());
    const patch = { metadata: { uid }, status };
    const contentType = 'application/strategic-merge-patch+json';
    const sent = await host.api.must('PATCH', `${path}/status`, patch, [404, 409], contentType);
    if (sent.status < 300) pod = sent.body as Pod;
  };
  const publish = persistent(sendStatus, () => isGone);
  const confirmDeletion = persistent(
    async () => {
      await sendStatus();
      await host.api.must('DELETE', path, { gracePeriodSeconds: 0, preconditions: { uid } }, [404, 409]);
    },
    () => isGone,
  );

  const refresh = async (): Promise<void> => {
    mkdirSync(folder, { recursive: true });
    await writeVolumes(pod, join(folder, 'volumes'), source);
    await writeVolumes(tokenOnly(pod), folder, source);
    const server = `https://127.0.0.1:${gate?.port}`;
    if (existsSync(join(folder, 'kubeconfig'))) return;
    const access = {
      server,
      authority: host.authority,
      user: 'pod',
      namespace,
      credentials: { tokenFile: join(folder, 'token', 'token') },
    };
    writeKubeconfig(join(folder, 'kubeconfig'), access);
  };

  // Again and again, because another pod's end may take the link away while this one still needs it.
  const keepFixedPaths = (): void => {
    for (const spec of pod.spec.containers)
      for (const fixed of findImage(host.images, spec.image)?.fixedPaths ?? [])
        linkAt(fixed, join(folder, spec.name, fixed));
  };

  const place = { host, metadata: first.metadata, folder, source, doors, isShut: () => isolated.ingress };
  const run = (spec: ContainerSpec, before?: Container): Container => {
    const earlier = before?.status();
    const around = {
      restartPolicy: pod.spec.restartPolicy ?? 'Always',
      backoffMs: host.backoffMs,
      image: () => findImage(host.images, spec.image),
      async launch(image: Image, restart: number) {
        const launched = await launchContainer(place, spec, image, restart);
        if (launched !== 'missing command') event('Normal', 'Started', `Started container ${spec.name}`);
        return launched;
      },
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
      if (failure === undefined && ending === undefined) {
        if (containers.length === 0) containers = pod.spec.containers.map(spec => run(spec));
        keepFixedPaths();
      }
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
    async end(graceMs) {
      isGone = true;
      await end(graceMs);
    },
    update(newer) {
      pod = newer;
      if (newer.metadata.deletionTimestamp !== undefined) {
        if (ending !== undefined) return;
        event('Normal', 'Killing', 'Stopping container');
        const grace = newer.metadata.deletionGracePeriodSeconds ?? newer.spec.terminationGracePeriodSeconds ?? 30;
        void end(grace * 1000).then(confirmDeletion);
        return;
      }
      for (const old of containers) {
        const wanted = newer.spec.containers.find(spec => spec.name === old.spec.name);
        if (wanted === undefined || wanted.image === old.spec.image || replacing.has(old)) continue;
        replacing.add(old);
        void old.stop(10_000).then(() => {
          if (ending === undefined) containers = containers.map(each => (each === old ? run(wanted, old) : each));
        });
      }
    },
  };
}

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
