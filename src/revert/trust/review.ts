import type { Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { pooled } from '../../kube/client/pooled.ts';
import type { RevertDeps } from '../deps.ts';
import { decide } from '../scan/classify.ts';
import { judge, type Trust, type Verdict } from './judge.ts';
import { scopesIn } from './scope.ts';

/** One restore that a person must confirm. */
export interface Asked {
  finding: FoundInjection;
  restore: Exclude<Restore, { is: 'corrupt' }>;
  verdict: Verdict;
}

/** The restores that a person must see before they are done. */
export interface Reviewed {
  /** Restores that have no authority but the record itself. */
  asked: Asked[];
  /** Restores that would overwrite a value other than the injected one, because force was requested. */
  forced: Asked[];
}

const WIDTH = 16;

/** The restores that a person must see first, in the order of the injections; writes nothing. */
export async function review(
  { api, faultOf }: Pick<RevertDeps, 'api' | 'faultOf'>,
  findings: readonly FoundInjection[],
  { trust = {}, force = false }: { trust?: Trust | undefined; force?: boolean | undefined },
): Promise<Reviewed> {
  const discovery = await api.discovery();
  const scopeOf = scopesIn(discovery.ok ? discovery.value : undefined);
  const judged = await pooled(findings, WIDTH, async (found): Promise<Asked[]> => {
    const { finding, restore } = await decide(api, faultOf, found);
    if (!restore || restore.is === 'corrupt' || (restore.is === 'diverged' && !force)) return [];
    const verdict = judge(finding, restore.writes, trust, scopeOf);
    return verdict.refused === undefined ? [{ finding, restore, verdict }] : [];
  });
  const all = judged.flat();
  return {
    asked: all.filter(({ verdict }) => verdict.by === undefined),
    forced: all.filter(({ verdict, restore }) => verdict.by !== undefined && restore.is === 'diverged'),
  };
}

/** The restores that have no authority but the record itself. */
export const toBeAsked = async (...of: Parameters<typeof review>): Promise<Asked[]> => (await review(...of)).asked;
