import type { Plan } from '../faults/contract.ts';
import { send } from '../injection/write/send.ts';
import type { Write } from '../injection/write/write.ts';
import type { Api } from '../kube/client/api.ts';

/** The answer of the API server to a dry run of one write. */
export interface DryRunResult {
  write: Write;
  ok: boolean;
  message: string;
  warnings: string[];
}

/** Sends every write with `dryRun=All`: validation, admission and preconditions are real, nothing is stored. */
export function dryRunWrites(api: Api, plan: Plan): Promise<DryRunResult[]> {
  return Promise.all(
    plan.writes.map(async write => {
      const outcome = await send(api, write, { dryRun: true });
      if (!outcome.ok) return { write, ok: false, message: outcome.message, warnings: [] };
      return { write, ok: true, message: 'the server would accept it', warnings: [...(outcome.warnings ?? [])] };
    }),
  );
}
