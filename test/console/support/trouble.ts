import type { ObjectRef } from '../../../src/k8s/object.ts';
import { finding } from '../../../src/triage/finding/build.ts';
import { conclude } from '../../../src/triage/finding/result.ts';
import { GATES } from '../../../src/triage/gates.ts';

/** What triage says where one object is broken. */
export const troubleAt = (object: ObjectRef) =>
  conclude(
    GATES.map(({ id, name }) => ({
      id,
      name,
      ms: 0,
      blind: [],
      status: 'FAIL' as const,
      findings: id === 'G9' ? [finding({ rule: 'pod/x', severity: 'high', object, summary: 'broken' })] : [],
    })),
  );
