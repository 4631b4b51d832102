// The instances that run, and their memory.

import { call } from './api.js';
import { $, make, makeSvg, replaceItems } from './dom.js';
import { showVerdict } from './outcome.js';
import { state, when } from './state.js';
import { count, megabytes, span } from './words.js';

const kStates = new Set(['starting', 'ready', 'busy', 'frozen', 'stopping']);

function memoryOf(instance) {
  const limitMb = state.functions.find((fn) => fn.name === instance.function)?.memoryMb;
  const limit = limitMb ? limitMb * 1048576 : Math.max(instance.peakMemoryBytes, 1);
  const share = (bytes) => Math.min(100, (bytes / limit) * 100);
  const bar = makeSvg('svg', { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' });
  bar.append(
    makeSvg('rect', { class: 'room', width: 100, height: 4 }),
    makeSvg('rect', { class: 'used', width: share(instance.memoryBytes), height: 4 }),
    makeSvg('rect', { class: 'peak', x: Math.min(99.5, share(instance.peakMemoryBytes)), width: 0.5, height: 4 }));
  const text = `${megabytes(instance.memoryBytes)} / ${limitMb ?? '?'} MB, peak ${megabytes(instance.peakMemoryBytes)}`;
  return make('span', { className: 'memory' }, bar, make('span', { textContent: text }));
}

function instanceItem(instance) {
  const stop = make('button', { type: 'button', className: 'quiet', textContent: 'Stop', 'data-key': instance.id });
  stop.setAttribute('aria-label', `Stop instance ${instance.id} of ${instance.function}`);
  stop.disabled = instance.state === 'stopping';
  stop.addEventListener('click', () => stopInstance(instance, stop));
  const kind = kStates.has(instance.state) ? instance.state : '';
  const busy = instance.inFlight > 0 ? `, ${instance.inFlight} in flight` : '';
  const what = make('span', { className: 'what' },
    make('span', { className: `state ${kind}`, textContent: instance.state }),
    `${busy} · ${count(instance.invocations, 'invocation')} · ${span(Date.now() - instance.startedAt)} · pid ${instance.pid}`);
  return make('li', { className: 'instance' },
    make('span', { className: 'who' }, `${instance.function} `, make('span', { textContent: instance.id })),
    stop, what, memoryOf(instance));
}

function drawInstances() {
  replaceItems($('instance-list'), state.instances.map(instanceItem));
  $('instances-count').textContent = state.instances.length;
  $('no-instances').hidden = state.instances.length > 0;
}

export async function loadInstances() {
  state.instances = (await call('instances')).instances;
  drawInstances();
}

async function stopInstance(instance, button) {
  button.disabled = true;
  try {
    await call(`instances/${encodeURIComponent(instance.id)}/stop`, { method: 'POST' });
  } catch (error) {
    showVerdict('bad', `Instance ${instance.id} was not stopped: ${error.message}`);
  }
  await loadInstances().catch(() => {});
}

export function beginInstances() {
  when('ended', () => loadInstances().catch(() => {}));
}
