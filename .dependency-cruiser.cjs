// The layers of the house, top to bottom. A folder may import what stands below it, never what stands beside or above.
const LAYERS = [
  ['bin'],
  ['cli'],
  ['console'],
  ['runtime'],
  ['guardian', 'report', 'submit', 'apply'],
  ['gameday'],
  ['suite', 'baseline'],
  ['engine'],
  ['notify'],
  ['records'],
  ['run', 'revert', 'triage', 'suggest'],
  ['safety', 'health', 'knowledge'],
  ['faults'],
  ['injection'],
  ['experiment'],
  ['kube'],
  ['host'],
  ['fault rules'],
  ['k8s'],
  ['text'],
];
// `faults` stands on three floors: what a type is (its rules, and how it is known), which the document is checked by; the contract of
// all faults beside the plans that they share; each fault above both. The names of the marks belong to the lowest floor.
const RULES = 'rules/|types[.]|recognition[.]|[^/]+/rules[.]';
const ROOMS = {
  faults: `^src/faults/(?!${RULES}|contract[.])`,
  injection: '^src/(injection/(?!record/markers[.])|faults/contract[.])',
  'fault rules': `^src/(faults/(${RULES})|injection/record/markers[.])`,
};
const room = name => ROOMS[name] ?? `^src/${name}/`;
const all = LAYERS.flat();

const upward = LAYERS.flatMap((names, level) =>
  names.map(name => ({
    name: `${name}-imports-only-below`,
    severity: 'error',
    from: { path: room(name) },
    to: { path: [...LAYERS.slice(0, level).flat(), ...names.filter(n => n !== name)].map(room) },
  })),
).filter(rule => rule.to.path.length > 0);

module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'sandbox-imports-only-text-and-k8s',
      comment: 'The sandbox is met over HTTP like any other cluster.',
      severity: 'error',
      from: { path: '^src/sandbox/' },
      to: { path: all.filter(n => n !== 'text' && n !== 'k8s').map(room) },
    },
    {
      name: 'nobody-imports-the-sandbox-but-its-command',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(sandbox/|cli/sandbox)' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'only-the-console-draws',
      comment: 'The page of a report is drawn by react-dom/server, in one folder, and nothing else of it is used.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(console|report/(html|formats/html))' },
      to: { path: 'node_modules/(ink|react|react-dom|react-reconciler)/' },
    },
    {
      name: 'a-report-needs-no-terminal',
      severity: 'error',
      from: { path: '^src/report/' },
      to: { path: 'node_modules/(ink|react-reconciler)/' },
    },
    {
      name: 'only-kube-talks-to-clusters',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/kube/' },
      to: { path: 'node_modules/(@kubernetes/client-node|undici)/' },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'no-test-code-in-the-product', severity: 'error', from: { path: '^src/' }, to: { path: '^test/' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
