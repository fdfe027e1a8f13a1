import type { FoundInjection } from '../../injection/found-injection.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { pooled } from '../../kube/client/pooled.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { RevertDeps } from '../deps.ts';
import { type Decision, decide } from '../scan/classify.ts';
import { writeLines } from '../trust/content.ts';
import { recordDigest } from '../trust/digest.ts';
import { judge } from '../trust/judge.ts';
import { scopesIn } from '../trust/scope.ts';
import type { Choice } from './choices.ts';
import { strippingWrite } from './strip-marks.ts';

/** An injection that is not reverted until a person chooses, because somebody may have changed the value since, or its record is lost. */
export interface Undecided {
  finding: FoundInjection;
  /** The digest of the record as it was read. */
  digest: string;
  /** The possible choices; never empty. */
  may: readonly Choice[];
  /** What a person must see before choosing: the three values, and what each choice writes. Lines may have any length. */
  lines: readonly Clean[];
}

const WIDTH = 16;
const WHOLE = Number.MAX_SAFE_INTEGER;
const clean = (text: string): Clean => sanitise(text, WHOLE);

/** Reads each of these again and returns those that a person can decide, in the same order. Writes nothing. */
export async function undecided(
  { api, faultOf }: Pick<RevertDeps, 'api' | 'faultOf'>,
  findings: readonly FoundInjection[],
): Promise<Undecided[]> {
  const discovery = await api.discovery();
  const scopeOf = scopesIn(discovery.ok ? discovery.value : undefined);
  const decided = await pooled(findings, WIDTH, async found => {
    const decision = await decide(api, faultOf, found);
    const { finding, restore } = decision;
    const writes = restore?.is === 'diverged' ? restore.writes : [];
    const isAllowed = judge(finding, writes, {}, scopeOf).refused === undefined;
    const may: Choice[] = [
      ...(writes.length > 0 && isAllowed ? (['original'] as const) : []),
      ...(strippingWrite(decision) === undefined ? [] : (['keep'] as const)),
    ];
    return may.length === 0
      ? []
      : [{ finding, digest: recordDigest(finding.live), may, lines: linesOf(decision, may) }];
  });
  return decided.flat();
}

function linesOf({ finding, restore }: Decision, may: readonly Choice[]): Clean[] {
  const says = restore?.says ?? finding.message ?? 'its undo record is lost, so the original is not known';
  const values =
    restore?.is === 'diverged'
      ? [`  original  ${restore.original}`, `  injected  ${restore.injected}`, `  now       ${restore.live}`]
      : [];
  const writes = restore?.is === 'diverged' ? restore.writes : [];
  const lost = restore?.is === 'diverged' && restore.lost !== undefined ? `, without ${restore.lost}` : '';
  return [
    `${finding.type}  ${nameOf(finding.object)}`,
    `  ${says}`,
    ...values,
    ...(may.includes('original')
      ? [
          `  original: restores it${lost}`,
          ...writes.flatMap(write => writeLines(write, finding.live).map(line => `  ${line}`)),
        ]
      : []),
    ...(may.includes('keep') ? ['  keep: keeps the current value, and removes the marks'] : []),
  ].map(clean);
}
