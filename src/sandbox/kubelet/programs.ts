import type { Container, Pod } from '../controllers/kinds.ts';
import type { Behaviour } from './behaviour.ts';

/** A real process that plays a container. */
export interface Program {
  /** Undefined while it runs. */
  exitCode(): number | undefined;
  /** Asks it to end, as SIGTERM does. */
  stop(): void;
  /** Ends it, as SIGKILL does. */
  kill(): void;
}

/**
 * Starts the program of a container, where whoever runs the sandbox has one for it; undefined for all others, which are only told of.
 * `line` takes what it prints.
 */
export type StartProgram = (pod: Pod, container: Container, line: (text: string) => void) => Program | undefined;

/** How often a running program is looked at, milliseconds. */
const LOOK_MS = 200;

/** The programs of all pods. */
export interface Programs {
  start(pod: Pod, container: string, line: (text: string) => void): void;
  /** The end of a container's program, as far as it has ended. */
  fate(pod: Pod, container: Container): Behaviour;
  /** When the pod is to be looked at again because of them; undefined where none runs. */
  lookAgainIn(pod: Pod): number | undefined;
  /** Tells the pod's programs to end; true while one runs. After `isTimeUp` they are ended. */
  stop(pod: Pod, isTimeUp: boolean): boolean;
  exitCodeOf(pod: Pod, container: string): number | undefined;
  /** The pod is gone, and so is what it ran. */
  drop(uid: string): void;
  end(): void;
}

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
    fate(pod, container) {
      const code = of(pod.metadata.uid).get(container.name)?.exitCode();
      return code === undefined ? {} : { exit: { code, afterMs: 0, reason: code === 0 ? 'Completed' : 'Error' } };
    },
    lookAgainIn: pod => (alive(pod).length > 0 ? LOOK_MS : undefined),
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
