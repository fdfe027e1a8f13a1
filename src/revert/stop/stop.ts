import type { ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';

/** The result of stopping an injector: an experiment of the framework's controller, or a fault of another tool. */
export interface Stop {
  id: string;
  what: 'experiment' | 'tool';
  /** The tool it belongs to: `operator-chaos`, `Chaos Mesh`, … */
  tool: string;
  object: ObjectRef;
  /**
   * `stopped`: by its own means. `released`: its controller did not stop it; we reverted its fault and removed its
   * finalizer. `asked`: its own tool was asked to stop it. `untouched`: it may not or cannot be stopped from here.
   * `failed`: it is not stopped.
   */
  outcome: 'stopped' | 'released' | 'asked' | 'untouched' | 'failed';
  /** Whether a read after the last write showed that it is stopped. */
  verified: boolean;
  ms: number;
  message: string;
}

const MARK: Record<Stop['outcome'], string> = {
  stopped: '✓ stopped',
  released: '✓ released',
  asked: '✓ asked',
  untouched: '⚑ LEFT',
  failed: '✗ NOT STOPPED',
};

/** One line of a revert. */
export function stopLine(stop: Stop): string {
  const mark = stop.verified ? MARK[stop.outcome] : stop.outcome === 'untouched' ? MARK.untouched : MARK.failed;
  const verified = stop.verified ? 'verified' : 'NOT verified';
  return sanitise(
    `${mark.padEnd(15)} ${stop.tool.padEnd(8)} ${nameOf(stop.object)}  ${verified}  ${(stop.ms / 1000).toFixed(2)}s  ${stop.message}`,
    500,
  );
}
