/** One container of a pod: started, probed, restarted with back-off, stopped. */
import type { Child } from '../controlplane/children.ts';
import type { Image } from './images.ts';
import { type PortOf, startProbe } from './probes.ts';
import type { ContainerSpec, ContainerStatus, State, Terminated } from './types.ts';

/** A process that plays the container, and the ports on which it is reached. */
export interface Launched {
  readonly child: Child;
  /** For the kubelet itself, whose probes no NetworkPolicy stops. */
  readonly portOf: PortOf;
  /** For everyone else. */
  readonly reachOf: PortOf;
  /** Called once the process is gone. */
  closed(): void;
}

export interface Surroundings {
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  /** What the container's image is, or undefined: it cannot be pulled. */
  image(): Image | undefined;
  /** Starts the process, for the `restart`-th time. `missing command` when the image has no such program. */
  launch(image: Image, restart: number): Promise<Launched | 'missing command'>;
  changed(): void;
  event(type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** The first delay after a second failure, doubled up to 30 times itself; a kubelet's is 10 s. */
  readonly backoffMs: number;
}

export interface Container {
  readonly spec: ContainerSpec;
  status(): ContainerStatus;
  /** The loopback port by which others reach a container port, while the process lives. */
  readonly reachOf: PortOf;
  stop(graceMs: number): Promise<void>;
}

/** Runs `spec` until it is stopped or its restart policy says that it is done. */
export function runContainer(spec: ContainerSpec, around: Surroundings, restarts = 0, last: State = {}): Container {
  let state: State = { waiting: { reason: 'ContainerCreating' } };
  let lastState = last;
  let restartCount = restarts;
  let ready = false;
  let started = false;
  let launched: Launched | undefined;
  const stopped = new AbortController();

  const turn = (next: State): void => {
    state = next;
    ready = ready && next.running !== undefined;
    started = started && next.running !== undefined;
    around.changed();
  };
  const pause = (ms: number): Promise<void> =>
    new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      stopped.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  const waitWith = async (reason: string, message: string, ms: number): Promise<void> => {
    turn({ waiting: { reason, message } });
    around.event('Warning', reason === 'CrashLoopBackOff' ? 'BackOff' : 'Failed', message);
    await pause(ms);
  };

  const pulled = async (): Promise<Image | undefined> => {
    for (let failures = 0; !stopped.signal.aborted; failures++) {
      const image = around.image();
      if (image !== undefined) return image;
      const reason = failures === 0 ? 'ErrImagePull' : 'ImagePullBackOff';
      const message =
        failures === 0 ? `failed to pull image "${spec.image}": not found` : `Back-off pulling image "${spec.image}"`;
      await waitWith(reason, message, around.backoffMs / (failures === 0 ? 5 : 1));
    }
    return undefined;
  };

  const runOnce = async (image: Image): Promise<Terminated | string> => {
    try {
      const result = await around.launch(image, restartCount);
      if (result === 'missing command') return neverStarted(spec);
      launched = result;
    } catch (error) {
      return (error as Error).message;
    }
    const startedAt = now();
    started = spec.startupProbe === undefined;
    ready = started && spec.readinessProbe === undefined;
    turn({ running: { startedAt } });
    const endProbes = probe(launched);
    const how = await launched.child.exited;
    endProbes();
    launched.closed();
    return { ...ending(how), startedAt, finishedAt: now() };
  };

  const probe = ({ child, portOf }: Launched): (() => void) => {
    const ends: (() => void)[] = [];
    const rest = (): void => {
      if (spec.readinessProbe !== undefined)
        ends.push(
          startProbe(spec.readinessProbe, portOf, (ok, why) => {
            if (!ok) around.event('Warning', 'Unhealthy', `Readiness probe failed: ${why}`);
            if (ok === ready) return;
            ready = ok;
            around.changed();
          }),
        );
      if (spec.livenessProbe !== undefined)
        ends.push(
          startProbe(spec.livenessProbe, portOf, (ok, why) => {
            if (!ok) killFor('Liveness', why, child);
          }),
        );
    };
    if (spec.startupProbe === undefined) rest();
    else
      ends.push(
        startProbe(spec.startupProbe, portOf, (ok, why) => {
          if (!ok) return killFor('Startup', why, child);
          if (started) return;
          started = true;
          ready = spec.readinessProbe === undefined;
          around.changed();
          rest();
        }),
      );
    return () => {
      for (const end of ends) end();
    };
  };
  const killFor = (kind: string, why: string, child: Child): void => {
    around.event('Warning', 'Unhealthy', `${kind} probe failed: ${why}`);
    around.event('Normal', 'Killing', `Container ${spec.name} failed ${kind.toLowerCase()} probe, will be restarted`);
    void child.stop(3000);
  };

  /** Waits as long as the restart policy and the back-off want; false when there is no next time. */
  const again = async (exitCode: number, failures: number): Promise<boolean> => {
    if (stopped.signal.aborted || isDone(around.restartPolicy, exitCode)) return false;
    lastState = state;
    const delay = crashDelay(failures, around.backoffMs);
    const message = `back-off ${delay / 1000}s restarting failed container=${spec.name}`;
    if (delay > 0) await waitWith('CrashLoopBackOff', message, delay);
    restartCount++;
    return !stopped.signal.aborted;
  };

  const life = async (): Promise<void> => {
    for (let failures = 0; ; failures++) {
      const image = await pulled();
      if (image === undefined) return;
      const began = Date.now();
      const result = await runOnce(image);
      launched = undefined;
      if (typeof result === 'string') {
        await waitWith('CreateContainerConfigError', result, around.backoffMs);
        continue;
      }
      turn({ terminated: result });
      // Who has run for ten minutes (sixty times the unit) has shown that it can: its count of failures begins anew.
      if (Date.now() - began > 60 * around.backoffMs) failures = 0;
      if (!(await again(result.exitCode, failures))) return;
    }
  };
  const over = life();

  return {
    spec,
    reachOf: port => launched?.reachOf(port),
    status: () => ({
      name: spec.name,
      image: spec.image,
      imageID: around.image() === undefined ? '' : `process://${spec.image}`,
      ...(state.running !== undefined && launched !== undefined && { containerID: `process://${launched.child.pid}` }),
      ready,
      started,
      restartCount,
      state,
      lastState,
    }),
    async stop(graceMs) {
      stopped.abort();
      await launched?.child.stop(graceMs);
      await over;
    },
  };
}

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`;

/** The first restart comes at once, the second after the unit, then doubled, up to thirty units. */
const crashDelay = (failures: number, unit: number): number =>
  failures === 0 ? 0 : Math.min(unit * 2 ** (failures - 1), 30 * unit);

const isDone = (policy: string, exitCode: number): boolean =>
  policy === 'Never' || (policy === 'OnFailure' && exitCode === 0);

function ending(how: number | string): { exitCode: number; reason: string } {
  const exitCode = typeof how === 'number' ? how : how === 'SIGTERM' ? 143 : 137;
  return { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
}

function neverStarted(spec: ContainerSpec): Terminated {
  const message = `exec: "${spec.command?.[0]}": no such file or directory`;
  return { exitCode: 128, reason: 'StartError', message, startedAt: '1970-01-01T00:00:00Z', finishedAt: now() };
}
