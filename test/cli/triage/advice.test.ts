import { expect, it } from 'vitest';
import { narrowAdvice } from '../../../src/cli/triage/advice.ts';
import { viewOf } from '../../support/view.ts';

const blind = (reason: string) => viewOf([], { blind: { Pod: reason } });

it('says -n to whoever may not list pods over the whole cluster, with the namespace of their context', () => {
  const view = blind('forbidden');
  expect(narrowAdvice(view, undefined, 'default')).toContain('look at that alone, with -n NAMESPACE');
  expect(narrowAdvice(view, undefined, 'shop')).toContain('with -n shop');
  expect(narrowAdvice(view, 'shop', 'default')).toContain('nor in namespace shop');
});

it('says nothing where pods were read, or were not for another reason', () => {
  expect(narrowAdvice(viewOf([]), undefined, 'shop')).toBeUndefined();
  expect(narrowAdvice(blind('timeout'), undefined, 'shop')).toBeUndefined();
});
