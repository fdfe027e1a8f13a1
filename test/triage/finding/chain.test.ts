import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chain, type GatedFinding, type Root } from '../../../src/triage/finding/chain.ts';
import { at, found } from '../support.ts';

/** `Kind/name < what follows` in one line a root. */
const told = (roots: Root[]) =>
  roots.map(({ finding, follows }) =>
    [finding, ...follows.map(({ finding }) => finding)]
      .map(({ object }) => `${object.kind}/${object.name}`)
      .join(' < '),
  );

describe('causes', () => {
  test('a key that a ConfigMap lacks explains the pods, the Service without endpoints, the webhook and the application', () => {
    const roots = chain([
      ...at('G4', found('webhook/no-endpoints', 'ValidatingWebhookConfiguration/hook', ['Service/shop/hook'])),
      ...at('G6', found('gitops/out-of-sync', 'Application/argocd/app', ['ValidatingWebhookConfiguration/hook'])),
      ...at('G9', found('service/no-endpoints', 'Service/shop/hook', ['Deployment/shop/hook', 'Pod/shop/hook-1'])),
      ...at('G9', found('pod/config-key', 'Deployment/shop/hook')),
    ]);
    expect(told(roots)).toEqual([
      'Deployment/hook < Service/hook < ValidatingWebhookConfiguration/hook < Application/app',
    ]);
    expect(roots[0]?.gate).toBe('G9');
  });

  test('a cause that knows what follows says so itself: what it explains stands below it', () => {
    const roots = chain([
      ...at('G9', found('pod/crash-loop', 'Deployment/shop/api')),
      ...at('G9', found('quota/exceeded', 'Deployment/shop/api')),
      ...at(
        'G8',
        found('rbac/revoked', 'ClusterRoleBinding/api', [], {
          explains: [{ kind: 'Deployment', namespace: 'shop', name: 'api', rule: 'pod/crash-loop' }],
        }),
      ),
    ]);
    expect(roots.map(({ finding, follows }) => [finding.rule, ...follows.map(one => one.finding.rule)])).toEqual([
      ['rbac/revoked', 'pod/crash-loop'],
      ['quota/exceeded'],
    ]);
  });

  test('two independent incidents are two roots, the one that most follows from first', () => {
    const roots = chain([
      ...at('G2', found('node/not-ready', 'Node/n1')),
      ...at('G9', found('quota/exhausted', 'ResourceQuota/shop/q')),
      ...at('G9', found('workload/rollout', 'Deployment/shop/a', ['ResourceQuota/shop/q#quota/'])),
      ...at('G9', found('workload/rollout', 'Deployment/shop/b', ['ResourceQuota/shop/q#quota/'])),
    ]);
    expect(told(roots)).toEqual(['ResourceQuota/q < Deployment/a < Deployment/b', 'Node/n1']);
  });

  test('a cause that names a pod means the workload that owns it, where the finding stands', () => {
    const owner = { kind: 'Deployment', metadata: { namespace: 'shop', name: 'web' } };
    const pod = { kind: 'Pod' };
    const owners = {
      get: (kind: string, namespace: string | undefined, name: string) =>
        kind === 'Pod' && namespace === 'shop' && name === 'web-1' ? pod : undefined,
      ownersOf: (object: unknown) => (object === pod ? [owner] : []),
    } as never;
    const placed = at(
      'G9',
      found('service/no-endpoints', 'Service/shop/web', ['Pod/shop/web-1']),
      found('pod/image-pull', 'Deployment/shop/web'),
    );
    expect(told(chain(placed, owners))).toEqual(['Deployment/web < Service/web']);
    expect(told(chain(placed))).toHaveLength(2);
  });

  test('a cause that is narrowed to a rule is explained by no other', () => {
    const placed = at(
      'G9',
      found('workload/rollout', 'Deployment/shop/web', ['Node/n1#node/cordoned']),
      found('node/not-ready', 'Node/n1'),
    );
    expect(told(chain(placed))).toHaveLength(2);
  });

  test('what is merely worth watching explains no outage, unless the rule names it: then it is as bad as what follows', () => {
    const watch = found('node/cordoned', 'Node/n1', [], { severity: 'warn' });
    const placed = (cause: string) => at('G2', watch, found('pod/unschedulable', 'Deployment/shop/web', [cause]));
    expect(chain(placed('Node/n1'))).toHaveLength(2);
    const roots = chain(placed('Node/n1#node/cordoned'));
    expect(told(roots)).toEqual(['Node/n1 < Deployment/web']);
    expect(roots[0]).toMatchObject({ gate: 'G2', finding: { severity: 'high' } });
  });

  test('findings that explain one another have one root, the same in whatever order they came', () => {
    const circle = at(
      'G4',
      found('webhook/no-endpoints', 'Webhook/w', ['Deployment/shop/hook']),
      found('workload/admission', 'Deployment/shop/hook', ['Webhook/w'], { severity: 'critical' }),
      found('gitops/out-of-sync', 'Application/argocd/app', ['Webhook/w']),
    );
    const expected = ['Deployment/hook < Webhook/w < Application/app'];
    expect(told(chain(circle))).toEqual(expected);
    expect(told(chain([...circle].reverse()))).toEqual(expected);
  });
});

describe('chaos', () => {
  test('an injection stands before everything and explains what is found on the object that it changed', () => {
    const roots = chain([
      ...at('G2', found('node/not-ready', 'Node/n1', [], { severity: 'critical' })),
      ...at('G1', found('chaos/DeploymentScaleZero', 'Deployment/shop/web', [], { severity: 'warn' })),
      ...at('G9', found('workload/scaled-to-zero', 'Deployment/shop/web', [], { severity: 'warn' })),
      ...at('G9', found('service/no-endpoints', 'Service/shop/web', ['Deployment/shop/web#workload/'])),
    ]);
    expect(told(roots)).toEqual(['Deployment/web < Deployment/web < Service/web', 'Node/n1']);
    expect(roots[0]?.finding).toMatchObject({ rule: 'chaos/DeploymentScaleZero', severity: 'high' });
  });

  test('damage that the injection does not explain stays a root of its own', () => {
    const roots = chain([
      ...at('G1', found('chaos/ImageCorrupt', 'Deployment/shop/web')),
      ...at('G9', found('quota/refuses', 'Deployment/shop/web')),
    ]);
    expect(told(roots)).toEqual(['Deployment/web', 'Deployment/web']);
  });
});

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const placedArbitrary: fc.Arbitrary<GatedFinding[]> = fc
  .uniqueArray(
    fc.record({
      rule: fc.constantFrom('pod/x', 'node/y', 'chaos/PodKill', 'service/z'),
      name,
      because: fc.array(name, { maxLength: 4 }),
      severity: fc.constantFrom('critical' as const, 'high' as const, 'warn' as const),
      since: fc.option(fc.nat(1000), { nil: undefined }),
    }),
    { selector: ({ rule, name }) => `${rule} ${name}`, maxLength: 16 },
  )
  .map(list =>
    list.flatMap(({ rule, name, because, severity, since }) =>
      at(
        'G9',
        found(
          rule,
          `Pod/shop/${name}`,
          because.map(each => `Pod/shop/${each}`),
          { severity, ...(since === undefined ? {} : { since: { at: since, exact: true } }) },
        ),
      ),
    ),
  );

describe('of any findings', () => {
  test('each comes out exactly once, as a root or below one', () => {
    fc.assert(
      fc.property(placedArbitrary, placed => {
        const out = chain(placed).flatMap(({ finding, follows }) => [
          finding,
          ...follows.map(({ finding }) => finding),
        ]);
        const key = ({ rule, object }: (typeof out)[number]) => `${rule} ${object.name}`;
        expect(out.map(key).sort()).toEqual(placed.map(({ finding }) => key(finding)).sort());
      }),
    );
  });

  test('the order in which they came changes nothing', () => {
    fc.assert(
      fc.property(
        placedArbitrary.chain(list =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([placed, shuffled]) => {
          expect(chain(shuffled)).toEqual(chain(placed));
        },
      ),
    );
  });

  test('what follows is explained by what stands before it under the same root', () => {
    fc.assert(
      fc.property(placedArbitrary, placed => {
        for (const { finding, follows } of chain(placed)) {
          const before = new Set([`${finding.rule} ${finding.object.name}`]);
          for (const follower of follows) {
            expect(before).toContain(`${follower.by.rule} ${follower.by.object.name}`);
            before.add(`${follower.finding.rule} ${follower.finding.object.name}`);
          }
        }
      }),
    );
  });

  test('no injection follows from anything, and injections come first', () => {
    fc.assert(
      fc.property(placedArbitrary, placed => {
        const roots = chain(placed);
        const isChaos = ({ finding }: GatedFinding) => finding.rule.startsWith('chaos/');
        expect(roots.flatMap(({ follows }) => follows).filter(isChaos)).toEqual([]);
        const firstOther = roots.findIndex(root => !isChaos(root));
        if (firstOther >= 0) expect(roots.slice(firstOther).some(isChaos)).toBe(false);
      }),
    );
  });

  test('a root is never milder than what follows from it', () => {
    const order = ['critical', 'high', 'warn', 'info'];
    fc.assert(
      fc.property(placedArbitrary, placed => {
        for (const { finding, follows } of chain(placed))
          for (const follower of follows)
            expect(order.indexOf(finding.severity)).toBeLessThanOrEqual(order.indexOf(follower.finding.severity));
      }),
    );
  });

  test('ten thousand findings in one circle do not end the process', () => {
    const count = 10_000;
    const placed = Array.from({ length: count }, (_, i) =>
      at('G9', found('pod/x', `Pod/shop/p${i}`, [`Pod/shop/p${(i + 1) % count}`])),
    ).flat();
    const roots = chain(placed);
    expect(roots).toHaveLength(1);
    expect(roots[0]?.follows).toHaveLength(count - 1);
  });
});
