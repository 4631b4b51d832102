// The console page of `fclocal start`: its parts, one file each, and what keeps them up to date.

import { beginEvent, loadSamples } from './event.js';
import { beginFunctions, loadFunctions } from './functions.js';
import { beginInstances, loadInstances } from './instances.js';
import { beginInvocations, followInvocations } from './invocations.js';
import { beginInvoking } from './invoke.js';
import { beginKeys } from './keys.js';
import { refresh, until } from './link.js';
import { beginOutcome } from './outcome.js';

const kInstancesEveryMs = 2000;
const kFunctionsEveryMs = 10_000;  // Timers fire; the file may have changed.

for (const begin of [beginFunctions, beginEvent, beginInvoking, beginOutcome, beginInvocations,
  beginInstances, beginKeys]) begin();
await until(loadFunctions);
await until(loadSamples);
followInvocations();
refresh(loadInstances, kInstancesEveryMs);
refresh(loadFunctions, kFunctionsEveryMs);
