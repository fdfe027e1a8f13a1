import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** Annotations by which two Ingresses of one path belong together. */
const CANARY = /\/canary$|\/service-weights$|\/mergeable-ingress-type$/;

/** Two Ingresses that claim the same host and path for different backends. */
export const ingressOfOnePath: Rule = {
  id: 'ingress/same-path',
  gate: 'G9',
  needs: ['Ingress'],
  about: {
    looksAt:
      'Ingresses of the same class with the same host and path, and different backends. Ingresses with a canary annotation are left out.',
    why: 'Most controllers use one of the two, usually the older one, and silently ignore the other; some split the requests between them.',
    whatToDo: 'Give one of the two another host or path, or delete it.',
  },
  *look({ view }) {
    const first = new Map<string, Claim>();
    const claims = [...view.all('Ingress')].sort((a, b) => created(a) - created(b)).flatMap(claimsOf);
    for (const claim of claims) {
      const known = first.get(claim.key);
      if (known === undefined) first.set(claim.key, claim);
      else if (known.ingress !== claim.ingress && known.backend !== claim.backend)
        yield {
          severity: 'warn',
          object: claim.ingress,
          summary: `${nameOf(known.ingress)} claims the same host and path, ${claim.where}, for another backend`,
          since: { at: created(claim.ingress), exact: true },
          evidence: [
            `${nameOf(known.ingress)} (older): ${known.where} → ${known.backend}`,
            `${nameOf(claim.ingress)}: ${claim.where} → ${claim.backend}`,
          ],
          cause: 'Only one of the two Ingresses can serve the host and path: which one depends on the controller.',
          fixes: [
            {
              text: 'Give one of the two another host or path, or delete the one that is not wanted.',
              command: command(view, ['kubectl', 'edit', ...named(refOf(claim.ingress))]),
            },
          ],
        };
    }
  },
};

interface Claim {
  ingress: ViewObject;
  key: string;
  where: string;
  backend: string;
}

const nameOf = ({ metadata }: ViewObject): string => `Ingress ${metadata.namespace}/${metadata.name}`;

function claimsOf(ingress: ViewObject): Claim[] {
  const { annotations, namespace = '' } = ingress.metadata;
  if (Object.keys(annotations).some(key => CANARY.test(key))) return [];
  const ofClass = text(ingress.spec.ingressClassName) || (annotations['kubernetes.io/ingress.class'] ?? '');
  return list(ingress.spec.rules).flatMap(rule =>
    list(fields(rule.http).paths).map(path => {
      const where = `${text(rule.host) || '*'}${text(path.path) || '/'}`;
      const service = text(fields(fields(path.backend).service).name);
      return { ingress, key: `${ofClass} ${text(path.pathType)} ${where}`, where, backend: `${namespace}/${service}` };
    }),
  );
}
