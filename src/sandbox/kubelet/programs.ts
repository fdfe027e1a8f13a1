import type { Container, Pod } from '../controllers/kinds.ts';
import type { Behaviour } from './behaviour.ts';

/** A real process that runs in place of a container. */
export interface Program {
  /** Undefined while it runs. */
  exitCode(): number | undefined;
  /** Asks it to end: SIGTERM. */
  stop(): void;
  /** Ends it: SIGKILL. */
  kill(): void;
}

/**
 * Starts a real program for a container; undefined for containers that are only simulated. `line` receives what it
 * prints.
 */
export type StartProgram = (pod: Pod, container: Container, line: (text: string) => void) => Program | undefined;

/** How often a running program is polled, milliseconds. */
const POLL_MS = 200;

/** The programs of all pods. */
export interface Programs {
  start(pod: Pod, container: string, line: (text: string) => void): void;
  /** The behaviour of a container that follows from its program. */
  behaviourOf(pod: Pod, container: Container): Behaviour;
  /** Milliseconds until the pod must be reconciled because of its programs; undefined when none runs. */
  nextPollIn(pod: Pod): number | undefined;
  /** Asks the pod's programs to end; true while one runs. With `isTimeUp` they are killed. */
  stop(pod: Pod, isTimeUp: boolean): boolean;
  exitCodeOf(pod: Pod, container: string): number | undefined;
  /** Forgets the programs of a deleted pod. */
  drop(uid: string): void;
  end(): void;
}

/** Programs started by `start`; without it no container runs a real one. */
export function createPrograms(start: StartProgram | undefined): Programs {
  const running = new Map<string, Map<string, Program>>();
  const stopped = new Set<Program>();
  const of = (uid: string): Map<string, Program> => running.get(uid) ?? new Map();
  const alive = ({ metadata }: Pod): Program[] =>
    [...of(metadata.uid).values()].filter(one => one.exitCode() === undefined);
  const drop = (uid: string) => {
    for (const program of of(uid).values()) if (program.exitCode() === undefined) program.kill();
    running.delete(uid);
  };
  return {
    start(pod, name, line) {
      const container = pod.spec.containers.find(one => one.name === name);
      const program = container && start?.(pod, container, line);
      if (program === undefined) return;
      running.set(pod.metadata.uid, of(pod.metadata.uid).set(name, program));
    },
    behaviourOf(pod, container) {
      const code = of(pod.metadata.uid).get(container.name)?.exitCode();
      return code === undefined ? {} : { exit: { code, afterMs: 0, reason: code === 0 ? 'Completed' : 'Error' } };
    },
    nextPollIn: pod => (alive(pod).length > 0 ? POLL_MS : undefined),
    stop(pod, isTimeUp) {
      for (const program of alive(pod)) {
        if (isTimeUp) program.kill();
        else if (!stopped.has(program)) program.stop();
        stopped.add(program);
      }
      return alive(pod).length > 0;
    },
    exitCodeOf: (pod, name) => of(pod.metadata.uid).get(name)?.exitCode(),
    drop,
    end: () => {
      for (const uid of [...running.keys()]) drop(uid);
    },
  };
}
