import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CORPUS } from './corpus/index.ts';
import { judge } from './judge.ts';
import { LISTED } from './listed.ts';
import { readRecorded } from './recorded.ts';
import { type Server, startSandboxServer } from './servers.ts';
import { answersTo } from './session.ts';

describe('the sandbox against the recorded answers of a real API server', () => {
  const recorded = readRecorded();
  const differ = new Set<string>();
  let server: Server;
  beforeAll(async () => {
    server = await startSandboxServer();
  });
  afterAll(() => server.stop());

  for (const scenario of CORPUS)
    test(scenario.name, async () => {
      const { answers, stopped } = await answersTo(server.target, scenario);
      const truth = recorded.get(scenario.name);
      const judged = scenario.steps.map(({ name }) => judge(scenario.name, name, truth?.get(name), answers.get(name)));
      for (const { step, listed } of judged) if (listed.length > 0) differ.add(`${scenario.name}/${step}`);
      const lines = judged.flatMap(({ step, differs }) => differs.map(line => `${step}: ${line}`));
      expect([...(stopped ? [stopped] : []), ...lines, ...server.faults()]).toEqual([]);
    });

  test('every listed difference is one', () => {
    const isOne = (where: string) =>
      where.endsWith('/*') ? [...differ].some(step => step.startsWith(where.slice(0, -1))) : differ.has(where);
    expect(LISTED.flatMap(({ where }) => where).filter(where => !isOne(where))).toEqual([]);
  });
});
