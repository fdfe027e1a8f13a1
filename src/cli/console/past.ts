import type { Past } from '../../console/deps.ts';
import { VERSION } from '../../host/version.ts';
import type { PastRun } from '../../report/past.ts';

/** How many records are read before the event loop gets a turn. */
const EACH = 4;

/** Reads the records below this folder for the console; the code for it is loaded at the first use. */
export function pastUnder(stateDir: string): Past {
  // The record of a run that has ended no longer changes, so it is read once.
  const known = new Map<string, PastRun>();
  const places = async () => ({ disk: (await import('../../experiment/files.ts')).disk, stateDir });
  return {
    async list(onRuns, signal) {
      const { pastNames, pastRun } = await import('../../report/past.ts');
      const from = await places();
      const names = pastNames(from);
      const runs: PastRun[] = [];
      for (const name of names) {
        if (signal.aborted) return;
        const key = `${name.kind} ${name.id}`;
        const read = known.get(key) ?? pastRun(name, from);
        if (hasEnded(read)) known.set(key, read);
        runs.push(read);
        if (runs.length % EACH !== 0) continue;
        onRuns([...runs], names.length);
        await new Promise<void>(resolve => setImmediate(resolve));
      }
      onRuns(runs, names.length);
    },
    async read(id) {
      const [{ readParts }, { makeReport }] = await Promise.all([
        import('../../report/sources/read.ts'),
        import('../../report/make.ts'),
      ]);
      const parts = readParts(id, await places());
      return typeof parts === 'string' ? parts : makeReport(parts, { madeAt: Date.now(), madeBy: `mayday ${VERSION}` });
    },
    async text(report, form) {
      if (form === 'md') return (await import('../../report/formats/markdown.ts')).markdown(report);
      return (await import('../../report/formats/html.tsx')).html(report);
    },
  };
}

const hasEnded = ({ kind, verdict, problem }: PastRun): boolean =>
  kind === 'run' && problem === undefined && verdict !== undefined && verdict !== 'Unfinished';
