// What came of an invocation: the verdict, its figures, the result and the log.

import { $, make } from './dom.js';
import { pause } from './link.js';
import { state } from './state.js';
import { cut, duration, fromBase64, hexDump, readable, toBytes } from './words.js';

const kDumpedBytes = 10_000;

let shown = null;  // {bytes, text}: the result.

export function showVerdict(kind, text) {
  $('verdict').className = `verdict ${kind}`;
  $('verdict').textContent = text;
}

export function showFigures(figures) {
  const known = figures.filter(([, value]) => value !== undefined && value !== null && value !== '');
  $('facts').replaceChildren(...known.map(([name, value]) => make('div', {},
    make('dt', { textContent: name }),
    make('dd', { textContent: value, className: /id$/i.test(name) ? 'id' : '' }))));
  $('facts').hidden = !known.length;
}

/// Null: there is none to show.
function showResult(text, encoding, failed) {
  const pre = $('result');
  pre.hidden = text === null;
  for (const id of ['copy', 'save']) $(id).hidden = text === null;
  shown = null;
  if (text === null) return;
  const bytes = encoding === 'base64' ? fromBase64(text) : toBytes(text);
  const words = encoding === 'base64' ? hexDump(bytes.subarray(0, kDumpedBytes)) : readable(text);
  shown = { bytes, text: words };
  pre.textContent = bytes.length ? cut(words) : '(empty)';
  pre.classList.toggle('failed', failed);
}

function classOfLine(line) {
  if (line.includes('[ERROR]') || /^FC \w+ End .*Error:/.test(line)) return 'error';
  if (line.includes('[WARNING]')) return 'warning';
  return /^FC \w+ (Start|End) /.test(line) ? 'frame' : '';
}

export function showLog(log, isTruncated) {
  $('log-part').hidden = !log;
  if (!log) return;
  const lines = cut(log.replace(/\n$/, '')).split('\n').map(
    (line) => make('span', { className: classOfLine(line), textContent: `${line}\n` }));
  if (isTruncated) lines.unshift(make('span', { className: 'frame', textContent: '… earlier lines are gone\n' }));
  $('log').replaceChildren(...lines);
}

export function clearOutcome() {
  $('elapsed').textContent = '';
  $('nothing').hidden = true;
  showFigures([]);
  showResult(null);
  showLog('');
}

export function showOutcome(answer) {
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

function saveResult() {
  const url = URL.createObjectURL(new Blob([shown.bytes]));
  make('a', { href: url, download: `${state.chosen.name}-result` }).click();
  URL.revokeObjectURL(url);
}

async function copyResult() {
  await navigator.clipboard.writeText(shown.text);
  $('copy').textContent = 'Copied';
  await pause(1200);
  $('copy').textContent = 'Copy';
}

export function beginOutcome() {
  $('copy').addEventListener('click', copyResult);
  $('save').addEventListener('click', saveResult);
}
