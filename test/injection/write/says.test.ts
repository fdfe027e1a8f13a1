import { expect, it } from 'vitest';
import { saysAfterVerb } from '../../../src/injection/write/says.ts';

it('does not say delete twice, and keeps every other word', () => {
  expect(saysAfterVerb({ verb: 'delete', says: 'delete Service shop/a, saved before' })).toBe(
    'Service shop/a, saved before',
  );
  expect(saysAfterVerb({ verb: 'patch', says: 'put revision 3 back' })).toBe('put revision 3 back');
  expect(saysAfterVerb({ verb: 'create', says: 'created by hand' })).toBe('created by hand');
});
