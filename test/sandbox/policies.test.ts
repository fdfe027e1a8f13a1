import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts';
import { definition, version } from '../support/definition.ts';
import { createTestClient, type TestClient } from './client.ts';

let sandbox: SandboxServer;
let client: TestClient;
beforeAll(async () => {
  sandbox = await startSandboxServer({ seed: 5, speed: 20 });
  client = createTestClient(sandbox);
});
afterAll(async () => {
  client.close();
  await sandbox.stop();
});

const ADMISSION = '/apis/admissionregistration.k8s.io/v1';
const MAPS = '/api/v1/namespaces/default/configmaps';
const put = (method: string, path: string, body: unknown) => client.send({ method, path, body });
const create = (name: string) => put('POST', `${MAPS}?dryRun=All`, { metadata: { name } });
const messageOf = (text: string) => (JSON.parse(text) as { message: string }).message;

/** A policy about new ConfigMaps whose names are measured by a parameter. */
const policy = {
  metadata: { name: 'short-names' },
  spec: {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      excludeResourceRules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['*'],
          resources: ['configmaps'],
          resourceNames: ['exempt-from-all'],
        },
      ],
    },
    variables: [{ name: 'longest', expression: 'int(params.data.longest)' }],
    validations: [
      {
        expression: 'size(object.metadata.name) <= variables.longest',
        messageExpression: "object.metadata.name + ' is longer than ' + string(variables.longest)",
      },
    ],
  },
};
const binding = {
  metadata: { name: 'short-names' },
  spec: {
    policyName: 'short-names',
    validationActions: ['Deny'],
    paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' },
  },
};

describe('an admission policy with a parameter', () => {
  test('measures by it, follows its changes, and denies without it', async () => {
    await client.ok({ method: 'POST', path: MAPS, body: { metadata: { name: 'limits' }, data: { longest: '6' } } });
    await client.ok({ method: 'POST', path: `${ADMISSION}/validatingadmissionpolicies`, body: policy });
    expect((await create('much-longer')).status).toBe(201);
    await client.ok({ method: 'POST', path: `${ADMISSION}/validatingadmissionpolicybindings`, body: binding });

    const denied = await create('much-longer');
    expect(denied.status).toBe(422);
    expect(messageOf(denied.text)).toBe(
      "configmaps \"much-longer\" is forbidden: ValidatingAdmissionPolicy 'short-names' with binding 'short-names' denied request: much-longer is longer than 6",
    );
    expect((await create('short')).status).toBe(201);
    expect((await create('exempt-from-all')).status).toBe(201);

    await client.ok({
      method: 'PATCH',
      path: `${MAPS}/limits`,
      body: { data: { longest: '60' } },
      contentType: 'application/merge-patch+json',
    });
    expect((await create('much-longer')).status).toBe(201);

    await client.ok({ method: 'DELETE', path: `${MAPS}/limits` });
    expect(messageOf((await create('short')).text)).toMatch(/no params found for policy binding/);
    await client.ok({ method: 'DELETE', path: `${ADMISSION}/validatingadmissionpolicybindings/short-names` });
    expect((await create('short')).status).toBe(201);
  });
});

describe('the policy that comes with the latch', () => {
  const experiments = definition('chaos.operatorchaos.io', 'ChaosExperiment', [version('v1alpha1')]);
  const EXPERIMENTS = '/apis/chaos.operatorchaos.io/v1alpha1/namespaces/default/chaosexperiments';
  const experiment = {
    apiVersion: 'chaos.operatorchaos.io/v1alpha1',
    kind: 'ChaosExperiment',
    metadata: { name: 'x' },
  };
  const attempt = () => client.send({ method: 'POST', path: `${EXPERIMENTS}?dryRun=All`, body: experiment });

  test('refuses new experiments while the latch is on, and says who and why', async () => {
    const shipped = readFileSync(new URL('../../deploy/latch-policy.yaml', import.meta.url), 'utf8');
    const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await client.ok({ method: 'POST', path: CRDS, body: experiments });
    while ((await client.send({ path: EXPERIMENTS })).status !== 200);
    for (const document of parseAllDocuments(shipped)) {
      const { kind } = document.toJS() as { kind: string };
      const plural = kind.endsWith('Binding') ? 'validatingadmissionpolicybindings' : 'validatingadmissionpolicies';
      await client.ok({ method: 'POST', path: `${ADMISSION}/${plural}`, body: document.toJS() });
    }
    expect((await attempt()).status).toBe(201);

    const data = { by: 'alice', at: '12:00', why: 'an incident' };
    await client.ok({ method: 'POST', path: MAPS, body: { metadata: { name: 'mayday-latch' }, data } });
    const refused = await attempt();
    expect(refused.status).toBe(403);
    expect(messageOf(refused.text)).toMatch(
      /denied request: latched by alice at 12:00 \(an incident\): no new injections until `mayday latch off`$/,
    );

    await client.ok({ method: 'DELETE', path: `${MAPS}/mayday-latch` });
    expect((await attempt()).status).toBe(201);
  });
});
