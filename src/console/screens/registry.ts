import { actions } from './actions/index.ts';
import { deck } from './deck/index.ts';
import { draft } from './draft/index.ts';
import { experiments } from './experiments/index.ts';
import { fault } from './fault/index.ts';
import { faults } from './faults/index.ts';
import { fix } from './fix/index.ts';
import { fleet } from './fleet/index.ts';
import { fleetRevert } from './fleet-revert/index.ts';
import { gameday } from './gameday/index.ts';
import { health } from './health/index.ts';
import { help } from './help/index.ts';
import { inject } from './inject/index.ts';
import { mayday } from './mayday/index.ts';
import { note } from './note/index.ts';
import { object } from './object/index.ts';
import { palette } from './palette/index.ts';
import { plan } from './plan/index.ts';
import { quit } from './quit/index.ts';
import { report } from './report/index.ts';
import { reports } from './reports/index.ts';
import { revertOne } from './revert-one/index.ts';
import { save } from './save/index.ts';
import { suite } from './suite/index.ts';
import { timeline } from './timeline/index.ts';
import { triage } from './triage/index.ts';

/** Every screen. The first is home. */
export const SCREENS = [
  deck,
  health,
  experiments,
  faults,
  triage,
  timeline,
  reports,
  report,
  fault,
  gameday,
  fleet,
  object,
  plan,
  suite,
  mayday,
  help,
  quit,
  revertOne,
  fix,
  palette,
  inject,
  draft,
  save,
  actions,
  note,
  fleetRevert,
] as const;

export type ScreenId = (typeof SCREENS)[number]['id'];
