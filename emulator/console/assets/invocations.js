// The invocations as they end: a plot, and a list of the newest.

import { call, withQuery } from './api.js';
import { $, make, replaceItems } from './dom.js';
import { summaryOf } from './figures.js';
import { showInvocation } from './invoke.js';
import { pause, repeat } from './link.js';
import { drawPlot } from './plot.js';
import { state, tell, when } from './state.js';
import { clock, duration } from './words.js';

const kKept = 1000;
const kListed = 100;
const kPlotted = 150;
const kDrawEveryMs = 150;  // At most, however many invocations there are.

function wantedInvocations() {
  if (!$('only-chosen').checked || !state.chosen) return state.invocations;
  return state.invocations.filter((invocation) => invocation.function === state.chosen.name);
}

function rowOf(invocation) {
  const button = make('button', { type: 'button', textContent: clock(invocation.startedAt), 'data-key': invocation.requestId });
  button.setAttribute('aria-label', `Log of ${invocation.function} at ${clock(invocation.startedAt)}`);
  button.addEventListener('click', () => showInvocation(invocation));
  const kind = invocation.kind + (invocation.coldStart ? ', cold' : '');
  const failure = invocation.ok ? '' : ` ✗ ${invocation.errorType || 'failed'}`;
  const classes = [invocation.ok ? '' : 'failed', invocation.requestId === state.shownId ? 'shown' : ''];
  return make('tr', { className: classes.join(' ').trim() },
    make('td', {}, button),
    make('td', { textContent: invocation.function + failure }),
    make('td', { textContent: kind }),
    make('td', { className: 'number', textContent: duration(invocation.durationMs) }));
}

function drawInvocations() {
  const wanted = wantedInvocations();
  replaceItems($('invocation-rows'), wanted.slice(-kListed).reverse().map(rowOf));
  $('no-invocations').hidden = wanted.length > 0;
  $('invocations-count').textContent = wanted.length;
  $('summary').textContent = summaryOf(wanted);
  drawPlot(wanted.slice(-kPlotted));
}

export async function followInvocations() {
  let last = 0;
  await repeat(async () => {
    const answer = await call(withQuery('invocations', { after: last }));
    last = answer.last;
    if (!answer.invocations.length) return;
    state.invocations = state.invocations.concat(answer.invocations).slice(-kKept);
    drawInvocations();
    tell('ended');
    await pause(kDrawEveryMs);
  });
}

export function moveAmongRows(step) {
  const buttons = [...$('invocation-rows').querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement);
  buttons[at < 0 ? 0 : Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
}

export function beginInvocations() {
  $('only-chosen').addEventListener('change', drawInvocations);
  window.addEventListener('resize', () => requestAnimationFrame(drawInvocations));
  when('chosen', drawInvocations);
  when('shown', drawInvocations);
}
