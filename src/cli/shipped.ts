import { existsSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { paths } from '../runtime/paths.ts';
import { printNotice } from './output/notice.ts';

/** What is needed to find experiments that come with the program. */
export interface Shipped {
  exists(path: string): boolean;
  /** The folder of the experiments that come with the program. */
  experiments: string;
}

/**
 * The path of the program's own file for a path such as `experiments/kserve/x.yaml` that does not exist here. The documentation names its examples
 * like this, and after an installation there is no checkout. Every other path is unchanged.
 */
export function shippedPath(path: string, { exists, experiments }: Shipped): string {
  const [first, ...rest] = normalize(path).split(sep);
  if (first !== 'experiments' || rest.includes('..') || exists(path)) return path;
  const own = join(experiments, ...rest);
  return exists(own) ? own : path;
}

/** An argument of the command line, or a list of them, with paths that do not exist replaced by the program's own experiments; stderr says so. */
export function withShipped(argument: unknown): unknown {
  if (Array.isArray(argument)) return argument.map(withShipped);
  if (typeof argument !== 'string') return argument;
  const path = shippedPath(argument, { exists: existsSync, experiments: paths(process.env).experiments });
  if (path !== argument) printNotice(`nothing is at ${argument} here: taking what comes with mayday, ${path}`);
  return path;
}
