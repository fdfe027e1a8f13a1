import { at, type Issue, quoted } from '../text/issue.ts';
import type { RawComponent, RawKnowledge } from './document.ts';

const missing = (path: string): Issue => ({ path, message: 'required, and missing' });
const given = (value: string | undefined): boolean => value !== undefined && value !== '';

/** Issues for the names in `wanted` that `holder` does not have. */
const missingOf = (holder: object, wanted: readonly string[], path: string): Issue[] =>
  wanted
    .filter(name => !given((holder as Record<string, string | undefined>)[name]))
    .map(name => missing(at(path, name)));

/**
 * Everything that the framework's own check (`validate --knowledge`) complains about. Its loader accepts such a model
 * nevertheless, and models that ship with it have some of these issues.
 */
export function frameworkIssues({ operator = {}, components = [], recovery = {} }: RawKnowledge): Issue[] {
  const names = components.flatMap(({ name }) => (given(name) ? [name as string] : []));
  return [
    ...missingOf(operator, ['name', 'namespace'], 'operator'),
    ...(components.length === 0 ? [{ path: 'components', message: 'expected at least one, found none' }] : []),
    ...repeated(names).map(name => ({ path: 'components', message: `two are named ${quoted(name)}` })),
    ...components.flatMap((component, index) => componentIssues(component, at('components', index), names)),
    ...positive(recovery.reconcileTimeout, 'recovery.reconcileTimeout'),
    ...positive(recovery.maxReconcileCycles, 'recovery.maxReconcileCycles'),
  ];
}

const positive = (value: number | undefined, path: string): Issue[] =>
  value !== undefined && value > 0 ? [] : [{ path, message: `expected more than 0, found ${value ?? 'nothing'}` }];

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

function componentIssues(component: RawComponent, path: string, names: readonly string[]): Issue[] {
  const { managedResources = [], webhooks = [], dependencies = [] } = component;
  const keys = managedResources.map(({ kind = '', namespace = '', name = '' }) => `${kind} ${namespace}/${name}`);
  return [
    ...missingOf(component, ['name', 'controller'], path),
    ...(managedResources.length === 0 ? [missing(at(path, 'managedResources'))] : []),
    ...managedResources.flatMap((resource, index) =>
      missingOf(resource, ['apiVersion', 'kind', 'name'], at(at(path, 'managedResources'), index)),
    ),
    ...repeated(keys).map(key => ({
      path: at(path, 'managedResources'),
      message: `${quoted(key)} stands there twice`,
    })),
    ...webhooks.flatMap((webhook, index) => webhookIssues(webhook, at(at(path, 'webhooks'), index))),
    ...dependencies.flatMap((name, index) =>
      dependencyIssues(name, component, at(at(path, 'dependencies'), index), names),
    ),
  ];
}

function webhookIssues(webhook: { name?: string; type?: string; path?: string }, path: string): Issue[] {
  const { type } = webhook;
  const isKnown = !given(type) || type === 'validating' || type === 'mutating';
  return [
    ...missingOf(webhook, ['name', 'type', 'path'], path),
    ...(isKnown
      ? []
      : [{ path: at(path, 'type'), message: `expected validating or mutating, found ${quoted(type ?? '')}` }]),
  ];
}

function dependencyIssues(name: string, component: RawComponent, path: string, names: readonly string[]): Issue[] {
  if (name === component.name) return [{ path, message: 'a component cannot depend on itself' }];
  return names.includes(name)
    ? []
    : [
        {
          path,
          message: `${quoted(name)} is no component of this operator; it is looked for among the other operators`,
        },
      ];
}
