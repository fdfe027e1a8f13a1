import { cloneJson, type NewObject } from '../../object.ts';
import type { Stage } from '../scenario.ts';

const APPLICATIONS = 'applications.argoproj.io';

/** Somebody merges a change of what Git holds for an Application, and Argo CD looks at once. */
export async function merge(stage: Stage, application: string, objects: readonly NewObject[]): Promise<void> {
  stage.git.set(application, objects);
  await refresh(stage, application);
}

/** Changes the one object of the Application `ai-model-alpha` in Git. */
export async function changeModel(stage: Stage): Promise<void> {
  const changed = (stage.git.get('ai-model-alpha') ?? []).map(manifest => cloneJson(manifest));
  for (const manifest of changed) {
    const { predictor } = manifest.spec as { predictor: object };
    manifest.spec = { predictor: { ...predictor, minReplicas: 2 } };
  }
  await merge(stage, 'ai-model-alpha', changed);
}

async function refresh({ admin, wait }: Stage, application: string): Promise<void> {
  const metadata = { annotations: { 'argocd.argoproj.io/refresh': 'hard' } };
  await admin.patch(APPLICATIONS, 'argocd', application, 'merge', { metadata });
  await wait(5);
}
