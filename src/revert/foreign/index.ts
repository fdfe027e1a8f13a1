import { type FoundInjection, injectionId } from '../../injection/found-injection.ts';
import type { Write } from '../../injection/write/write.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { chaosMesh, runsPauseImage } from './chaos-mesh.ts';
import { litmus } from './litmus.ts';
import { chaosBlade, datadog, fis, krkn } from './others.ts';
import type { Meta, Tool } from './tool.ts';

const TOOLS: readonly Tool[] = [chaosMesh, litmus, chaosBlade, datadog, krkn, fis];

/** Groups that have few objects, so that even a fast scan reads all of them. */
export const FOREIGN_GROUPS: ReadonlySet<string> = new Set(TOOLS.flatMap(({ groups }) => groups));

/** Whether the metadata looks like that of another chaos tool, so that the whole object must be read. */
export const isForeignSuspect = (object: Meta): boolean => TOOLS.some(tool => tool.isSuspect(object));

const toolOf = (object: KubeObject): Tool | undefined =>
  TOOLS.find(tool => tool.isSuspect(object)) ?? (runsPauseImage(object) ? chaosMesh : undefined);

/**
 * A fault of another chaos tool that is in or about to be injected, as a found injection that a revert never changes;
 * undefined if it is none or is over.
 */
export function foreignFinding(object: KubeObject): FoundInjection | undefined {
  const tool = toolOf(object);
  const remains = tool?.remains(object);
  if (tool === undefined || remains === undefined) return undefined;
  const ref = refOf(object);
  const since = Date.parse(object.metadata.creationTimestamp ?? '');
  return {
    id: injectionId('foreign', ref),
    type: 'unknown',
    object: ref,
    live: object,
    state: 'foreign',
    source: tool.name,
    tool: 'other',
    ...(Number.isNaN(since) ? {} : { injectedAt: since }),
    message: sanitise(`${tool.name}: ${remains}; ${tool.advice}`, 400),
  };
}

/** The write that asks the tool that left this object to stop; undefined if no write in the cluster can. */
export const askToStop = (object: KubeObject): Write | undefined => toolOf(object)?.ask?.(object);
