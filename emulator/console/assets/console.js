// The console page of `fclocal start`. What functions say (names, results, logs) is put on the page as
// text and never as markup; emulator/console/assets.h has the API that this file calls.
(() => {
'use strict';

const kShownBytes = 200_000;      // Of a result or a log; Save has the whole result.
const kKeptInvocations = 1000;
const kListedInvocations = 100;
const kPlottedInvocations = 150;
const kInstancesEveryMs = 2000;
const kFunctionsEveryMs = 10_000;  // Timers fire; the file may have changed.
const kDrawEveryMs = 150;          // At most, however many invocations there are.
const kRetryMs = 1500;

const state = {
  functions: [],
  chosen: null,       // A function.
  invocations: [],    // Oldest first.
  instances: [],
  shownId: null,      // The request id of what stands in the result's place.
  run: 0,             // Counts what was asked for: an answer that comes late does not hide a newer one.
  own: null,          // {text, encoding}: what stood there before a sample did.
  result: null,       // {bytes, text}: of what is shown.
};

const $ = (id) => document.getElementById(id);

// --- Words -------------------------------------------------------------------------------------

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function makeSvg(tag, attributes = {}, text = '') {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text) element.textContent = text;
  return element;
}

function duration(ms) {
  if (ms === null || ms === undefined) return '–';
  if (ms > 0 && ms < 0.01) return '< 0.01 ms';
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function megabytes(bytes) {
  const mb = bytes / 1048576;
  return mb < 10 ? mb.toFixed(1) : String(Math.round(mb));
}

const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;

function clock(epochMs) {
  const date = new Date(epochMs);
  const two = (number) => String(number).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function span(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

const encoder = new TextEncoder();

function fromBase64(text) {
  return Uint8Array.from(atob(text.replace(/\s+/g, '')), (character) => character.charCodeAt(0));
}

function hexDump(bytes) {
  const lines = [];
  for (let start = 0; start < bytes.length; start += 16) {
    const row = [...bytes.subarray(start, start + 16)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${start.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`);
  }
  return lines.join('\n');
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/// JSON with line breaks, where that does not change what it says (a number of many digits).
function readable(text) {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const pretty = JSON.stringify(JSON.parse(text), null, 2);
    const plain = (json) => json.replace(/\s+/g, '');
    return plain(pretty) === plain(text) ? pretty : text;
  } catch {
    return text;
  }
}

function cut(text) {
  if (text.length <= kShownBytes) return text;
  return `${text.slice(0, kShownBytes)}\n… ${text.length - kShownBytes} more characters`;
}

/// Puts items in the place of others; the keyboard stays where it was, by data-key.
function replaceItems(list, items) {
  const { activeElement } = document;
  const key = list.contains(activeElement) ? activeElement.dataset.key : undefined;
  list.replaceChildren(...items);
  if (key === undefined) return;
  [...list.querySelectorAll('[data-key]')].find((element) => element.dataset.key === key)?.focus();
}

// --- The API -----------------------------------------------------------------------------------

class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const token = document.querySelector('meta[name="openfc-token"]').content;

/// The answer's JSON. An ApiError of status 0: nobody answered.
async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(`/_openfc/${path}`, {
      ...options,
      headers: { 'x-openfc-token': token },
      cache: 'no-store',
      credentials: 'omit',
    });
  } catch {
    throw new ApiError(0, 'fclocal does not answer');
  }
  const answer = await response.json().catch(() => ({}));
  if (response.status !== 403) showLink(null);
  if (!response.ok) throw new ApiError(response.status, answer.error || `status ${response.status}`);
  return answer;
}

const withQuery = (path, query) => {
  const set = Object.entries(query).filter(([, value]) => value !== '' && value !== undefined);
  return set.length ? `${path}?${new URLSearchParams(set)}` : path;
};

// --- The link to fclocal -----------------------------------------------------------------------

function showLink(error) {
  const link = $('link');
  link.className = error ? 'link is-lost' : 'link is-live';
  link.textContent = error ? 'not connected' : 'live';
  const trouble = $('trouble');
  trouble.hidden = !error;
  if (!error) return;
  trouble.textContent = error.status === 403
    ? 'fclocal was started anew: reload this page.'
    : `${error.message}: trying again.`;
}

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/// Does `step` again and again; when it fails, the page says so until it succeeds.
async function repeat(step) {
  for (;;) {
    try {
      await step();
    } catch (error) {
      showLink(error);
      if (error.status === 403) return;
      await pause(kRetryMs);
    }
  }
}

/// Does `step` until it succeeds.
async function until(step) {
  for (;;) {
    try {
      await step();
      return;
    } catch (error) {
      showLink(error);
      if (error.status === 403) await new Promise(() => {});
      await pause(kRetryMs);
    }
  }
}

// --- Functions ---------------------------------------------------------------------------------

const sameFunction = (a, b) => a && b && a.name === b.name && a.service === b.service;

function describe(fn) {
  const parts = [fn.runtime || 'own runtime', `${fn.memoryMb} MB`, `${fn.timeoutS} s`];
  if (fn.concurrency > 1) parts.push(`${fn.concurrency} at once`);
  return parts.join(' · ');
}

function waysOf(fn) {
  const ways = [];
  if (fn.url && /^https?:\/\//.test(fn.url)) {
    ways.push(make('a', { href: fn.url, target: '_blank', rel: 'noreferrer', textContent: fn.url }));
  } else if (fn.http) {
    ways.push('HTTP trigger');
  }
  for (const timer of fn.timers || []) {
    const next = timer.next ? `, next ${clock(timer.next)}` : ', off';
    ways.push(`${timer.name}: ${timer.expression}${next}`);
  }
  return ways.map((way) => make('span', { className: 'ways' }, way));
}

function drawFunctions() {
  const wanted = $('filter').value.trim().toLowerCase();
  const title = (fn) => (fn.service ? `${fn.service} / ${fn.name}` : fn.name);
  const items = [];
  for (const fn of state.functions) {
    if (!title(fn).toLowerCase().includes(wanted)) continue;
    const isChosen = sameFunction(fn, state.chosen);
    const button = make('button',
      { type: 'button', 'aria-current': String(isChosen), 'data-key': title(fn) },
      make('span', { className: 'name', textContent: title(fn) }),
      make('span', { className: 'kind', textContent: describe(fn) }));
    button.addEventListener('click', () => choose(fn));
    items.push(make('li', {}, button, ...(isChosen ? waysOf(fn) : [])));
  }
  if (!items.length) items.push(make('li', { className: 'empty', textContent: 'No such function.' }));
  replaceItems($('function-list'), items);
  $('functions-count').textContent = state.functions.length;
}

const draftKey = (fn) => `openfc-event:${fn.service || ''}/${fn.name}`;

/// What was written for a function comes back when it is chosen again.
function choose(fn) {
  if (sameFunction(fn, state.chosen)) return;
  state.chosen = fn;
  const draft = JSON.parse(sessionStorage.getItem(draftKey(fn)) || '{}');
  setEvent(draft.text || '', draft.encoding || 'text');
  keepEvent();
  $('chosen').textContent = `for ${fn.name} (${fn.handler || fn.runtime})`;
  drawFunctions();
  drawInvocations();
}

function chooseBeside(step) {
  const shown = [...$('function-list').querySelectorAll('button')];
  const at = shown.findIndex((button) => button.getAttribute('aria-current') === 'true');
  const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
  if (next) next.click();
}

async function loadFunctions() {
  const { functions } = await call('functions');
  if (JSON.stringify(functions) === JSON.stringify(state.functions)) return;
  state.functions = functions;
  const still = state.functions.find((fn) => sameFunction(fn, state.chosen));
  if (still) state.chosen = still;
  else if (state.functions.length) choose(state.functions[0]);
  drawFunctions();
}

// --- The event ---------------------------------------------------------------------------------

function setEvent(text, encoding) {
  $('event').value = text;
  $('encoding').value = encoding;
  checkEvent();
}

/// The bytes to send; null, with a note, for what is no base64.
function eventBytes() {
  const text = $('event').value;
  if ($('encoding').value === 'text') return encoder.encode(text);
  try {
    return fromBase64(text);
  } catch {
    return null;
  }
}

function checkEvent() {
  const bytes = eventBytes();
  const note = $('event-note');
  note.classList.toggle('wrong', bytes === null);
  if (bytes === null) {
    note.textContent = 'This is no base64.';
  } else {
    const text = $('event').value;
    const kind = $('encoding').value === 'text' && text.trim() && isJson(text) ? 'JSON, ' : '';
    note.textContent = kind + count(bytes.length, 'byte');
  }
  if (state.chosen) {
    const draft = JSON.stringify({ text: $('event').value, encoding: $('encoding').value });
    try {
      sessionStorage.setItem(draftKey(state.chosen), draft);
    } catch { /* Too large to be kept: it stays in the field. */ }
  }
}

async function loadSamples() {
  const { events } = await call('events');
  for (const event of events) {
    const option = make('option', { textContent: event.type });
    option.sample = event;
    $('sample').append(option);
  }
}

/// Each step through the list shows a sample; its first entry brings back what was written before.
function takeSample() {
  const { sample } = $('sample').selectedOptions[0];
  state.own ??= { text: $('event').value, encoding: $('encoding').value };
  if (!sample) {
    setEvent(state.own.text, state.own.encoding);
    state.own = null;
  } else if (sample.base64 !== undefined) {
    setEvent(sample.base64, 'base64');
  } else {
    setEvent(readable(sample.text), 'text');
  }
}

/// What stands there is the user's own now.
function keepEvent() {
  state.own = null;
  $('sample').selectedIndex = 0;
  checkEvent();
}

// --- Invoking, and its outcome -----------------------------------------------------------------

function showVerdict(kind, text) {
  $('verdict').className = `verdict ${kind}`;
  $('verdict').textContent = text;
}

function showFigures(figures) {
  const shown = figures.filter(([, value]) => value !== undefined && value !== null && value !== '');
  $('facts').replaceChildren(...shown.map(([name, value]) => make('div', {},
    make('dt', { textContent: name }),
    make('dd', { textContent: value, className: /id$/i.test(name) ? 'id' : '' }))));
  $('facts').hidden = !shown.length;
}

/// Null: there is none to show.
function showResult(text, encoding, failed) {
  const pre = $('result');
  pre.hidden = text === null;
  for (const id of ['copy', 'save']) $(id).hidden = text === null;
  state.result = null;
  if (text === null) return;
  const bytes = encoding === 'base64' ? fromBase64(text) : encoder.encode(text);
  const shown = encoding === 'base64' ? hexDump(bytes.subarray(0, kShownBytes / 20)) : readable(text);
  state.result = { bytes, text: shown };
  pre.textContent = bytes.length ? cut(shown) : '(empty)';
  pre.classList.toggle('failed', failed);
}

function classOfLine(line) {
  if (line.includes('[ERROR]') || /^FC \w+ End .*Error:/.test(line)) return 'error';
  if (line.includes('[WARNING]')) return 'warning';
  return /^FC \w+ (Start|End) /.test(line) ? 'frame' : '';
}

function showLog(log, isTruncated) {
  $('log-part').hidden = !log;
  if (!log) return;
  const lines = cut(log.replace(/\n$/, '')).split('\n').map(
    (line) => make('span', { className: classOfLine(line), textContent: `${line}\n` }));
  if (isTruncated) lines.unshift(make('span', { className: 'frame', textContent: '… earlier lines are gone\n' }));
  $('log').replaceChildren(...lines);
}

function clearOutcome() {
  $('elapsed').textContent = '';
  $('nothing').hidden = true;
  showFigures([]);
  showResult(null);
  showLog('');
}

function showOutcome(answer) {
  showVerdict(answer.ok ? 'good' : 'bad',
    `${answer.ok ? 'Succeeded' : answer.errorType || 'Failed'} in ${duration(answer.durationMs)}`);
  showFigures([
    ['Billed', duration(answer.billedDurationMs)],
    ['Memory', answer.maxMemoryUsedMb === undefined ? '' : `${Math.round(answer.maxMemoryUsedMb)} MB`],
    ['Request id', answer.requestId],
    ['Instance id', answer.instanceId]]);
  showResult(answer.result ?? '', answer.resultEncoding, !answer.ok);
  showLog(answer.log);
}

/// Says how long it takes while it runs; what is returned ends that.
function countTime(run, name) {
  const began = performance.now();
  const tell = () => {
    if (run === state.run) $('elapsed').textContent = `${((performance.now() - began) / 1000).toFixed(1)} s`;
  };
  showVerdict('waits', `${name} runs`);
  const timer = setInterval(tell, 200);
  return () => {
    clearInterval(timer);
    if (run === state.run) $('elapsed').textContent = '';
  };
}

async function invoke(isAsync) {
  const fn = state.chosen;
  const body = eventBytes();
  if (!fn || body === null) return;
  const run = ++state.run;
  clearOutcome();
  state.shownId = null;
  const stop = countTime(run, fn.name);
  try {
    const path = withQuery(`functions/${encodeURIComponent(fn.name)}/invoke`,
      { service: fn.service || '', async: isAsync ? '1' : '' });
    const answer = await call(path, { method: 'POST', body });
    if (run !== state.run) return;
    state.shownId = answer.requestId;
    if (isAsync) {
      showVerdict('good', 'Queued');
      showFigures([['Request id', answer.requestId]]);
    } else {
      showOutcome(answer);
    }
    drawInvocations();
  } catch (error) {
    if (run === state.run) showVerdict('bad', `Not invoked: ${error.message}`);
  } finally {
    stop();
  }
}

async function showInvocation(invocation) {
  const run = ++state.run;
  state.shownId = invocation.requestId;
  clearOutcome();
  showVerdict(invocation.ok ? 'good' : 'bad', `${invocation.function}: `
    + `${invocation.ok ? 'succeeded' : invocation.errorType || 'failed'} in ${duration(invocation.durationMs)}`);
  showFigures([
    ['Began', clock(invocation.startedAt)],
    ['Kind', invocation.kind + (invocation.coldStart ? ', cold start' : '')],
    ['Request id', invocation.requestId],
    ['Instance id', invocation.instanceId]]);
  drawInvocations();
  try {
    const { log, truncated } = await call(`invocations/${encodeURIComponent(invocation.requestId)}/log`);
    if (run === state.run) showLog(log || '(nothing was logged)', truncated);
  } catch (error) {
    if (run === state.run) showLog(`The log cannot be had: ${error.message}`);
  }
}

function saveResult() {
  const url = URL.createObjectURL(new Blob([state.result.bytes]));
  make('a', { href: url, download: `${state.chosen.name}-result` }).click();
  URL.revokeObjectURL(url);
}

async function copyResult() {
  await navigator.clipboard.writeText(state.result.text);
  $('copy').textContent = 'Copied';
  await pause(1200);
  $('copy').textContent = 'Copy';
}

// --- Invocations -------------------------------------------------------------------------------

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

function summaryOf(invocations) {
  if (!invocations.length) return '';
  const sorted = invocations.map((invocation) => invocation.durationMs).sort((a, b) => a - b);
  const at = (share) => duration(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
  const failed = invocations.filter((invocation) => !invocation.ok).length;
  const cold = invocations.filter((invocation) => invocation.coldStart).length;
  return `p50 ${at(0.5)} · p95 ${at(0.95)} · max ${duration(sorted.at(-1))} · ${failed} failed · ${cold} cold`;
}

function drawInvocations() {
  const wanted = wantedInvocations();
  replaceItems($('invocation-rows'), wanted.slice(-kListedInvocations).reverse().map(rowOf));
  $('no-invocations').hidden = wanted.length > 0;
  $('invocations-count').textContent = wanted.length;
  $('summary').textContent = summaryOf(wanted);
  drawPlot(wanted.slice(-kPlottedInvocations));
}

async function followInvocations() {
  let last = 0;
  await repeat(async () => {
    const answer = await call(withQuery('invocations', { after: last }));
    last = answer.last;
    if (!answer.invocations.length) return;
    state.invocations = state.invocations.concat(answer.invocations).slice(-kKeptInvocations);
    drawInvocations();
    await loadInstances();
    await pause(kDrawEveryMs);
  });
}

function moveAmongRows(step) {
  const buttons = [...$('invocation-rows').querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement);
  buttons[at < 0 ? 0 : Math.min(Math.max(at + step, 0), buttons.length - 1)]?.focus();
}

// --- The plot: a dot for each invocation, the newest at the right, on a logarithmic scale ---------

function drawPlot(invocations) {
  const plot = $('plot');
  plot.replaceChildren();
  plot.style.display = invocations.length ? '' : 'none';
  if (!invocations.length) return;
  const { width, height } = plot.getBoundingClientRect();
  const frame = { left: 46, right: width - 8, top: 8, bottom: height - 8 };
  const logs = invocations.map((invocation) => Math.log10(Math.max(invocation.durationMs, 0.01)));
  const low = Math.floor(Math.min(...logs));
  const high = Math.max(Math.ceil(Math.max(...logs)), low + 1);
  const y = (log) => frame.bottom - ((log - low) / (high - low)) * (frame.bottom - frame.top);
  const step = (frame.right - frame.left) / Math.max(invocations.length, 40);
  const x = (index) => frame.right - (invocations.length - 1 - index) * step - 4;
  for (let power = low; power <= high; ++power) {
    plot.append(
      makeSvg('line', { x1: frame.left, x2: frame.right, y1: y(power), y2: y(power) }),
      makeSvg('text', { x: frame.left - 6, y: y(power) + 4, 'text-anchor': 'end' }, scaleMark(power)));
  }
  plot.append(...invocations.map((invocation, index) => mark(invocation, x(index), y(logs[index]))));
  plot.setAttribute('aria-label', `Durations: ${summaryOf(invocations)}`);
}

function scaleMark(power) {
  const ms = 10 ** power;
  return ms < 1000 ? `${Number(ms.toFixed(2))} ms` : `${ms / 1000} s`;
}

function mark(invocation, x, y) {
  const isShown = invocation.requestId === state.shownId ? ' shown' : '';
  const made = invocation.ok
    ? makeSvg('circle', { cx: x, cy: y, r: 4, class: `dot${invocation.coldStart ? ' cold' : ''}${isShown}` })
    : makeSvg('path', { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, class: `cross${isShown}` });
  made.append(makeSvg('title', {}, `${invocation.function}, ${duration(invocation.durationMs)}`
    + `${invocation.coldStart ? ', cold start' : ''}${invocation.ok ? '' : `, ${invocation.errorType || 'failed'}`}`));
  made.addEventListener('click', () => showInvocation(invocation));
  return made;
}

// --- Instances ---------------------------------------------------------------------------------

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

const kStates = new Set(['starting', 'ready', 'busy', 'frozen', 'stopping']);

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

async function loadInstances() {
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

/// While somebody looks.
function refresh(load, everyMs) {
  return repeat(async () => {
    await load();
    await pause(everyMs);
    while (document.hidden) {
      await new Promise((resolve) => {
        document.addEventListener('visibilitychange', resolve, { once: true });
      });
    }
  });
}

// --- Light and dark ----------------------------------------------------------------------------

const kThemes = ['system', 'light', 'dark'];
const theme = () => (kThemes.includes(localStorage.getItem('openfc-theme'))
  ? localStorage.getItem('openfc-theme') : 'system');

function applyTheme() {
  document.documentElement.dataset.theme = theme();
  const button = $('theme');
  if (button) button.textContent = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' }[theme()];
}

function nextTheme() {
  localStorage.setItem('openfc-theme', kThemes[(kThemes.indexOf(theme()) + 1) % kThemes.length]);
  applyTheme();
}

// --- Keys --------------------------------------------------------------------------------------

const kSingleKeys = {
  '/': () => $('filter').select(),
  j: () => chooseBeside(1),
  k: () => chooseBeside(-1),
  e: () => $('event').focus(),
  s: () => $('sample').focus(),
  r: () => $('outcome').focus(),
  v: () => ($('invocation-rows').querySelector('button') || $('invocations')).focus(),
  i: () => ($('instance-list').querySelector('button') || $('instances')).focus(),
  t: nextTheme,
  '?': () => $('help').showModal(),
};

const isField = (element) => element.matches('input:not([type="checkbox"]), textarea, select');

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    event.preventDefault();
    if (!event.repeat && !$('help').open) invoke(event.shiftKey);
    return;
  }
  if (event.key === 'Escape' && isField(event.target)) {
    event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || $('help').open) return;
  if (event.target.closest('#invocation-rows') && /^Arrow(Up|Down)$/.test(event.key)) {
    event.preventDefault();
    moveAmongRows(event.key === 'ArrowDown' ? 1 : -1);
    return;
  }
  const action = kSingleKeys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!action || !$('single-keys').checked) return;
  event.preventDefault();
  action();
}

// --- Start -------------------------------------------------------------------------------------

function listen() {
  $('filter').addEventListener('input', drawFunctions);
  $('filter').addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    $('function-list').querySelector('button')?.click();
    $('filter').value = '';
    drawFunctions();
  });
  $('event').addEventListener('input', keepEvent);
  $('encoding').addEventListener('change', checkEvent);
  $('sample').addEventListener('change', takeSample);
  $('invoke').addEventListener('click', () => invoke(false));
  $('invoke-async').addEventListener('click', () => invoke(true));
  $('copy').addEventListener('click', copyResult);
  $('save').addEventListener('click', saveResult);
  $('only-chosen').addEventListener('change', drawInvocations);
  $('theme').addEventListener('click', nextTheme);
  $('help-open').addEventListener('click', () => $('help').showModal());
  $('help-close').addEventListener('click', () => $('help').close());
  $('single-keys').checked = localStorage.getItem('openfc-single-keys') !== 'no';
  $('single-keys').addEventListener('change', (event) => {
    localStorage.setItem('openfc-single-keys', event.target.checked ? 'yes' : 'no');
  });
  document.addEventListener('keydown', onKey);
  window.addEventListener('resize', () => requestAnimationFrame(drawInvocations));
}

async function begin() {
  applyTheme();
  listen();
  await until(loadFunctions);
  await until(loadSamples);
  followInvocations();
  refresh(loadInstances, kInstancesEveryMs);
  refresh(loadFunctions, kFunctionsEveryMs);
}

applyTheme();
document.addEventListener('DOMContentLoaded', begin);
})();
