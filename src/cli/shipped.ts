import { existsSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { paths } from '../runtime/paths.ts';
import { printNotice } from './output/notice.ts';

/** Where a path of the command line leads, and where the experiments that come with the program are. */
export interface Shipped {
  exists(path: string): boolean;
  /** The folder of the experiments that come with the program. */
  experiments: string;
}

/**
 * A path such as `experiments/kserve/x.yaml` where nothing is at it here, but the program comes with that file: then the program's own. The documents name
 * their examples so, and who installed a package or the executable has no checkout. Every other path stays as it is.
 */
export function shippedPath(path: string, { exists, experiments }: Shipped): string {
  const [first, ...rest] = normalize(path).split(sep);
  if (first !== 'experiments' || rest.includes('..') || exists(path)) return path;
  const own = join(experiments, ...rest);
  return exists(own) ? own : path;
}

/** An argument of the command line, or a list of them, with the program's own experiments in place of paths at which nothing is; stderr says so. */
export function withShipped(argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map(withShipped);
  if (typeof argument !== 'string') return argument;
  const path = shippedPath(argument, { exists: existsSync, experiments: paths(process.env).experiments });
  if (path !== argument) printNotice(`nothing is at ${argument} here: taking what comes with mayday, ${path}`);
  return path;
}
