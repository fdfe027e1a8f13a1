import type { ObjectRef } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { sanitise } from '../text/sanitise.ts';

/** What became of something that injects, or would: an experiment of the framework's controller, or another tool's fault. */
export interface Stop {
  id: string;
  what: 'experiment' | 'tool';
  /** Whose it is: `operator-chaos`, `Chaos Mesh`, … */
  tool: string;
  object: ObjectRef;
  /**
   * `stopped`: by its own means. `released`: its controller did not; its fault was reverted by us and its finalizer taken off. `asked`:
   * its own tool was asked to stop it. `untouched`: nobody may or can stop it from here. `failed`: it is not stopped.
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
