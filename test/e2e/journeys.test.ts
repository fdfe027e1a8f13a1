import { describe } from 'vitest';
import { accountTokenJourneys } from './journeys/account-token.ts';
import { appliedJourneys } from './journeys/applied.ts';
import { byKeysJourneys } from './journeys/by-keys.ts';
import { cutOffJourneys } from './journeys/cut-off.ts';
import { diedRevertingJourneys } from './journeys/died-reverting.ts';
import { doesNotHoldJourneys } from './journeys/does-not-hold.ts';
import { emergencyJourneys } from './journeys/emergency.ts';
import { everyKindJourneys } from './journeys/every-kind.ts';
import { firstLookJourneys } from './journeys/first-look.ts';
import { forbiddenJourneys } from './journeys/forbidden.ts';
import { gameDayJourneys } from './journeys/gameday.ts';
import { watchedDayJourneys } from './journeys/gameday-watched.ts';
import { heldByFinalizerJourneys } from './journeys/held-by-finalizer.ts';
import { historyJourneys } from './journeys/history.ts';
import { mendedJourneys } from './journeys/mended.ts';
import { onCallJourneys } from './journeys/on-call.ts';
import { orderJourneys } from './journeys/orders.ts';
import { outageJourneys } from './journeys/outage.ts';
import { outageOutlastsJourneys } from './journeys/outage-outlasts.ts';
import { ownerJourneys } from './journeys/owners.ts';
import { prunedAndMutatedJourneys } from './journeys/pruned-and-mutated.ts';
import { recordChangedJourneys } from './journeys/record-changed.ts';
import { recordedJourneys } from './journeys/recorded.ts';
import { refusedJourneys } from './journeys/refused.ts';
import { stockKubectlJourneys } from './journeys/stock-kubectl.ts';
import { suggestedJourneys } from './journeys/suggested.ts';
import { suiteJourneys } from './journeys/suites.ts';
import { takenAwayJourneys } from './journeys/taken-away.ts';
import { thirdValueJourneys } from './journeys/third-value.ts';
import { twoGroupsJourneys } from './journeys/two-groups.ts';
import { vanishedBackupJourneys } from './journeys/vanished-backup.ts';
import { verdictJourneys } from './journeys/verdicts.ts';
import { webhookJourneys } from './journeys/webhook.ts';
import { onEachProvider } from './providers/on-each.ts';

onEachProvider('on', (given, name) => {
  // Each of these has a namespace of its own and leaves the rest of the cluster alone.
  describe.concurrent('side by side', () => {
    firstLookJourneys(given);
    verdictJourneys(given);
    cutOffJourneys(given);
  });

  // Not in somebody else's cluster: these make roles, webhooks and a latch, which are not in a namespace.
  describe.skipIf(name === 'kubeconfig')('in a cluster of our own', () => {
    describe.concurrent('side by side', () => forbiddenJourneys(given));
    heldByFinalizerJourneys(given);
    emergencyJourneys(given);
    doesNotHoldJourneys(given);
    prunedAndMutatedJourneys(given);
    vanishedBackupJourneys(given);
    recordChangedJourneys(given);
    takenAwayJourneys(given);
    outageOutlastsJourneys(given);
    refusedJourneys(given);
    ownerJourneys(given);
    accountTokenJourneys(given);
    diedRevertingJourneys(given);
    thirdValueJourneys(given);
    everyKindJourneys(given);
    twoGroupsJourneys(given);
    orderJourneys(given);
    appliedJourneys(given);
    onCallJourneys(given);
    historyJourneys(given);
    recordedJourneys(given);
    mendedJourneys(given);
    byKeysJourneys(given);
    webhookJourneys(given);
    stockKubectlJourneys(given);
    suggestedJourneys(given);
    suiteJourneys(given);
    gameDayJourneys(given);
    watchedDayJourneys(given);
    outageJourneys(given);
  });
});
