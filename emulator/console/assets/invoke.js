// Invoking, and looking at an earlier invocation: both put an outcome in the same place.

import { call, withQuery } from './api.js';
import { $ } from './dom.js';
import { eventBytes } from './event.js';
import { clearOutcome, showFigures, showLog, showOutcome, showVerdict } from './outcome.js';
import { state, tell } from './state.js';
import { clock, duration } from './words.js';

let latest = 0;  // Counts what was asked for: an answer that comes late does not hide a newer one.

/// Says how long it takes while it runs; what is returned ends that.
function countTime(run, name) {
  const began = performance.now();
  const show = () => {
    if (run === latest) $('elapsed').textContent = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  };
  showVerdict('waits', `${name} runs`);
  const timer = setInterval(show, 200);
  return () => {
    clearInterval(timer);
    if (run === latest) $('elapsed').textContent = '';
  };
}

export async function invoke(isAsync) {
  const fn = state.chosen;
  const body = eventBytes();
  if (!fn || body === null) return;
  const run = ++latest;
  clearOutcome();
  state.shownId = null;
  const stop = countTime(run, fn.name);
  try {
    const path = withQuery(`functions/${encodeURIComponent(fn.name)}/invoke`,
      { service: fn.service || '', async: isAsync ? '1' : '' });
    const answer = await call(path, { method: 'POST', body });
    if (run !== latest) return;
    state.shownId = answer.requestId;
    if (isAsync) {
      showVerdict('good', 'Queued');
      showFigures([['Request id', answer.requestId]]);
    } else {
      showOutcome(answer);
    }
    tell('shown');
  } catch (error) {
    if (run === latest) showVerdict('bad', `Not invoked: ${error.message}`);
  } finally {
    stop();
  }
}

export async function showInvocation(invocation) {
  const run = ++latest;
  state.shownId = invocation.requestId;
  clearOutcome();
  showVerdict(invocation.ok ? 'good' : 'bad', `${invocation.function}: `
    + `${invocation.ok ? 'succeeded' : invocation.errorType || 'failed'} in ${duration(invocation.durationMs)}`);
  showFigures([
    ['Began', clock(invocation.startedAt)],
    ['Kind', invocation.kind + (invocation.coldStart ? ', cold start' : '')],
    ['Request id', invocation.requestId],
    ['Instance id', invocation.instanceId]]);
  tell('shown');
  try {
    const { log, truncated } = await call(`invocations/${encodeURIComponent(invocation.requestId)}/log`);
    if (run === latest) showLog(log || '(nothing was logged)', truncated);
  } catch (error) {
    if (run === latest) showLog(`The log cannot be had: ${error.message}`);
  }
}

export function beginInvoking() {
  $('invoke').addEventListener('click', () => invoke(false));
  $('invoke-async').addEventListener('click', () => invoke(true));
}
