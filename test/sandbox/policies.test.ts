import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { createTestClient, type TestClient } from './client.ts';

let sandbox: Sandbox;
let client: TestClient;
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 5, speed: 20 });
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
  });
});
