import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import type { LeftUnmarked } from '../../records/unfinished-lines.ts';
import type { Choice } from '../../revert/restore/choices.ts';
import type { Stop } from '../../revert/stop/stop.ts';
import type { Clean } from '../../text/sanitise.ts';

/** The options of a revert, besides what to revert. */
export interface RevertAsked {
  /** Digests of the records that a person confirmed, by the id of their finding. */
  confirmed?: ReadonlyMap<string, string>;
  /** What a person chose for single findings, by id. */
  choices?: ReadonlyMap<string, Choice>;
  /** What lost its marks, and a person accepted as it is; set in a second pass, about what the first one left. */
  accepted?: readonly LeftUnmarked[];
  /** How many of our own runs were stopped for it beforehand; each has restored what it wrote. */
  stopped?: number;
}

export type RevertUpdate =
  /** `wave` counts from 0. */
  | { is: 'wave'; wave: number; name: string; findings: readonly FoundInjection[] }
  | { is: 'receipt'; receipt: Receipt; wave: number }
  /** What became of an experiment of the framework's controller. */
  | { is: 'stopped'; stop: Stop }
  /** What became of the latch. */
  | { is: 'latch'; text: string }
  | { is: 'note'; text: string }
  /** What the second scan could not read. */
  | { is: 'blind'; resource: string; reason: string };

/** One restore that needs a person's word: `digest` holds the word to the record as it was shown. */
export interface AskedRecord {
  finding: FoundInjection;
  tier: number;
  digest: string;
  lines: readonly Clean[];
}

export interface RevertEnd {
  /** What is still not restored or stopped, or would inject again, after looking again; undefined when the second look failed. */
  remaining: number | undefined;
  receipts: readonly Receipt[];
  blind: number;
  requests: number;
  ms: number;
  latched: boolean;
  /** What lost its marks and is not settled. */
  unmarked?: readonly LeftUnmarked[];
  message?: string;
}
