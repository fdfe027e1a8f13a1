import type { ApiResource, Discovery } from './discovery.ts';

/** The kinds that a word such as `deploy`, `deployments.apps` or `Deployment` can mean; those of the core group first. */
export function resourcesNamed({ resources }: Pick<Discovery, 'resources'>, word: string): ApiResource[] {
  const wanted = word.toLowerCase();
  const [plain = '', ...rest] = wanted.split('.');
  const group = rest.join('.');
  const matchesName = ({ kind, resource, singular, shortNames }: ApiResource): boolean =>
    [kind.toLowerCase(), resource, singular, ...shortNames].includes(plain);
  return resources
    .filter(each => matchesName(each) && (group === '' || each.group === group))
    .sort((a, b) => Number(a.group !== '') - Number(b.group !== ''));
}
