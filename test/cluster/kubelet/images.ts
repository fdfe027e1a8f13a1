import type { ContainerSpec } from './types.ts';

/** What a program is given to run: where its ports, its files and its API connection are. */
interface Place {
  /** The free loopback port that stands for each of the container ports the program listens on. */
  readonly ports: ReadonlyMap<number, number>;
  readonly kubeconfig: string;
  /** The folder that plays `/` for volumes: a mount at `/etc/x` is at `<root>/etc/x`, and TMPDIR is `<root>/tmp`. */
  readonly root: string;
}

/** A container image, as far as a process can play it. */
export interface Image {
  /** The image's name without tag or digest. */
  readonly name: string;
  /** The path of its program inside the image; any other command does not exist there. */
  readonly command: string;
  readonly binary: string;
  /** The container ports it listens on, including those the pod does not declare (probes may use them). */
  readonly listens: readonly number[];
  /** Arguments that put it onto our ports and files; they come after the container's own and so win. */
  arguments(place: Place): readonly string[];
  /**
   * Mount paths that the program looks for under just that path, wherever TMPDIR points: a link is put there while a
   * pod of it lives. Only existence may matter; two pods share the one link.
   */
  readonly fixedPaths?: readonly string[];
}

/** The image that a reference (`registry/name:tag@digest`) means, or undefined: it cannot be pulled. */
export function findImage(images: readonly Image[], reference: string): Image | undefined {
  const name = reference.replace(/@.*$/, '').replace(/:[^/:]*$/, '');
  return images.find(image => image.name === name);
}

/** The command line of a container, or undefined when its image has no such program. */
export function commandLine(image: Image, container: ContainerSpec): readonly string[] | undefined {
  const [program = image.command, ...rest] = container.command ?? [];
  return program === image.command ? [...rest, ...(container.args ?? [])] : undefined;
}
